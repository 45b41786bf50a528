import { Type } from "typebox";
import { forbidden, invalidParam, MatrixError } from "../../http/errors.ts";
import { isRoomId } from "../../protocol/ids/ids.ts";

/** The type of a piece of account data. */
export const typeSchema = Type.String({ minLength: 1, maxLength: 255, pattern: "^[^\\u0000]*$" });

/** Types that have endpoints of their own, which keep them valid. */
const serverControlled = new Set(["m.fully_read", "m.push_rules"]);

/** @throws MatrixError 403 `M_FORBIDDEN` */
export function checkOwner(userId: string, requesterId: string): void {
  if (userId !== requesterId) throw forbidden("This is the account data of somebody else");
}

/** @throws MatrixError 400 `M_INVALID_PARAM` */
export function checkRoomId(roomId: string): void {
  if (!isRoomId(roomId)) throw invalidParam("This is no room ID");
}

/** @throws MatrixError 405 `M_BAD_JSON`, as the specification has it. */
export function checkWritable(type: string): void {
  if (serverControlled.has(type)) throw new MatrixError(405, "M_BAD_JSON", `${type} has an endpoint of its own`);
}
