import { membershipOf } from "../../engine/rooms/visibility.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Requester } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import { isUserId } from "../../protocol/ids/ids.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { CheckRefusal } from "./check-refusal.ts";
import { checkInvitee } from "./invitee.ts";
import { authoriseRestrictedJoin } from "./restricted-join.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly serverName: string;
  readonly checkRefusal: CheckRefusal;
}

interface MemberState {
  readonly roomId: string;
  readonly requester: Pick<Requester, "userId">;
  /** Whose membership is set. */
  readonly target: string;
  readonly content: JsonObject;
}

/**
 * A membership that is set as state, held to what the endpoints for memberships hold to beside the authorisation rules.
 * @returns the content to set: a join of a restricted room names who let the user in, whatever the client says of it
 * @throws MatrixError as those endpoints do
 */
export async function memberStateContent(needs: Needs, member: MemberState): Promise<JsonObject> {
  const { roomId, requester, target, content } = member;
  if (!isUserId(target)) throw invalidParam("The state key of a membership is a user ID");
  if (content["membership"] === "invite") checkInvitee(needs, target);
  if (content["membership"] === "leave" && target === requester.userId) await checkLeaving(needs, member);
  if (content["membership"] !== "join" || target !== requester.userId) return content;
  const room = await needs.rooms.require(roomId);
  const current = await needs.rooms.read(roomId, (now) => now.state("m.room.member", target));
  if (membershipOf(current) === "join") return content;
  return { ...content, ...(await authoriseRestrictedJoin(needs.rooms, { room, userId: target })) };
}

async function checkLeaving({ rooms, checkRefusal }: Needs, { roomId, target }: MemberState): Promise<void> {
  const current = await rooms.read(roomId, (now) => now.state("m.room.member", target));
  if (membershipOf(current) === "invite") await checkRefusal(target, roomId);
}
