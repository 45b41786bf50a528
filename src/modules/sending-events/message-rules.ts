import type { EventDraft } from "../../engine/rooms/room-writer.ts";
import { badJson } from "../../http/errors.ts";

/**
 * Refuses a message that clients could show nothing of: every one says what sort of message it is, and has a text for those
 * who do not know the sort.
 * @see https://spec.matrix.org/v1.19/client-server-api/#instant-messaging
 * @throws MatrixError 400 `M_BAD_JSON`
 */
export function checkMessage({ type, content }: Pick<EventDraft, "type" | "content">): void {
  if (type !== "m.room.message") return;
  for (const name of ["msgtype", "body"])
    if (typeof content[name] !== "string") throw badJson(`A message needs \`${name}\`, which is a text`);
}
