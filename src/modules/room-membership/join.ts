import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import type { Requester } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { appendMembership } from "./change-membership.ts";
import { checkGuestJoin } from "./guest-join.ts";
import { memberContent, type ProfileOf } from "./member-content.ts";
import { authoriseRestrictedJoin } from "./restricted-join.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly profileOf: ProfileOf;
  /** Called when somebody has joined, before that is answered. */
  readonly onJoined: (userId: string, roomId: string) => Promise<void>;
}

interface Join {
  readonly roomId: string;
  readonly requester: Pick<Requester, "userId" | "isGuest">;
  readonly reason?: string | undefined;
  readonly thirdPartySigned?: JsonObject | undefined;
  /** Further members of the membership event; a name or picture here takes the place of that of the profile. */
  readonly content?: JsonObject;
}

/** Joins a user of this server to a room that this server knows. */
export async function join(
  { rooms, profileOf, onJoined }: Needs,
  { roomId, requester, reason, thirdPartySigned, content: wished = {} }: Join,
): Promise<void> {
  const { userId } = requester;
  const room = await rooms.get(roomId);
  if (!room) throw notFound("No room of this ID is known here");
  const member = await rooms.read(roomId, (current) => current.state("m.room.member", userId));
  if (membershipOf(member) === "join") return;
  const authorised = await authoriseRestrictedJoin(rooms, { room, userId });
  const thirdParty = thirdPartySigned ? { third_party_invite: { signed: thirdPartySigned } } : {};
  const content = { ...memberContent(await profileOf(userId)), ...withoutProofs(wished), ...authorised, ...thirdParty };
  await rooms.write(roomId, (writer) => {
    checkGuestJoin(writer, requester);
    appendMembership(writer, { roomId, sender: userId, target: userId, membership: "join", reason, content });
  });
  await onJoined(userId, roomId);
}

/** What the authorisation rules go by is for the server to say. */
function withoutProofs(content: JsonObject): JsonObject {
  const { third_party_invite: _, join_authorised_via_users_server: __, ...others } = content;
  return others;
}
