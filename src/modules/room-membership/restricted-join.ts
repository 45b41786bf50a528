import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";
import { inviteLevel, powerLevelsOf, userLevel } from "../../protocol/auth/power-levels.ts";
import { serverNameOf } from "../../protocol/ids/ids.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { forbidden, unableToAuthoriseJoin } from "../../http/errors.ts";

interface Joining {
  readonly room: Room;
  readonly userId: string;
}

/**
 * In a restricted room, whoever is joined to one of the rooms that its join rule names may join without an invite. The
 * join then names a member who could have invited: this finds one of this server.
 * @see https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms
 * @returns what goes into the content of the join; `undefined` when the join needs no such thing.
 * @throws MatrixError `M_FORBIDDEN`, or `M_UNABLE_TO_AUTHORISE_JOIN` when this server cannot tell.
 */
export async function authoriseRestrictedJoin(
  rooms: Rooms,
  { room, userId }: Joining,
): Promise<JsonObject | undefined> {
  const { rule, membership } = await rooms.read(room.roomId, (current) => ({
    rule: current.state("m.room.join_rules", "")?.pdu.content ?? {},
    membership: membershipOf(current.state("m.room.member", userId)),
  }));
  const kind = rule["join_rule"];
  const isRestricted =
    (kind === "restricted" && room.rules.restricted) || (kind === "knock_restricted" && room.rules.knockRestricted);
  if (!isRestricted || membership === "join" || membership === "invite") return undefined;
  if (!(await isInAllowedRoom(rooms, rule["allow"], userId))) {
    throw forbidden("You are in none of the rooms whose members may join");
  }
  const authoriser = await localInviter(rooms, room, serverNameOf(userId) ?? "");
  if (authoriser === undefined) throw unableToAuthoriseJoin("Nobody of this server may invite to the room");
  return { join_authorised_via_users_server: authoriser };
}

async function isInAllowedRoom(rooms: Rooms, allow: JsonValue | undefined, userId: string): Promise<boolean> {
  for (const condition of Array.isArray(allow) ? (allow as readonly JsonValue[]) : []) {
    const roomId = isObject(condition) && condition["type"] === "m.room_membership" ? condition["room_id"] : undefined;
    if (typeof roomId !== "string" || !(await rooms.get(roomId))) continue;
    const member = await rooms.read(roomId, (room) => room.state("m.room.member", userId));
    if (membershipOf(member) === "join") return true;
  }
  return false;
}

/** A joined user of this server who may invite. Cost: the members up to the first such, who is mostly among the first. */
async function localInviter(rooms: Rooms, room: Room, serverName: string): Promise<string | undefined> {
  const levels = await rooms.read(room.roomId, (current) =>
    powerLevelsOf({ get: (type, stateKey) => current.state(type, stateKey) }, room.rules),
  );
  for await (const page of rooms.memberships.inRoom(room.nid, "join")) {
    const found = page.find(
      ({ userId }) => serverNameOf(userId) === serverName && userLevel(levels, userId) >= inviteLevel(levels),
    );
    if (found) return found.userId;
  }
  return undefined;
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
