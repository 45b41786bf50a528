import { isJsonObject, type JsonObject } from "../../protocol/json/json.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import type { Membership } from "./memberships.store.ts";
import type { Room } from "./room.ts";
import type { Rooms } from "./rooms.ts";

const TYPES = ["m.room.join_rules", "m.room.history_visibility"] as const;

/** What of a room decides who may know of it. */
interface Doors {
  readonly room: Room;
  readonly joinRules: JsonObject;
  readonly isWorldReadable: boolean;
}

/**
 * Those of the rooms that a user may know of without being in them; without a user, those that anybody may. That is who
 * is joined or invited, who could join or knock, and everybody where the world may read. Who is banned could do neither.
 * The queries are the same few for any number of rooms.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidhierarchy
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1room_summaryroomidoralias
 */
export async function previewable(
  rooms: Rooms,
  list: readonly Room[],
  userId: string | undefined,
): Promise<ReadonlySet<Room>> {
  const doors = await doorsOf(rooms, list);
  const named = [...list.map(({ roomId }) => roomId), ...doors.flatMap(roomsThatOpen)];
  const memberships = userId === undefined ? NONE : await rooms.memberships.ofUserInRooms(userId, [...new Set(named)]);
  return new Set(doors.filter((each) => isOpen(each, memberships)).map(({ room }) => room));
}

const NONE: ReadonlyMap<string, Membership> = new Map();

async function doorsOf(rooms: Rooms, list: readonly Room[]): Promise<Doors[]> {
  const addresses = list.flatMap(({ publishedState: root }) => TYPES.map((type) => ({ root, type, stateKey: "" })));
  const events = await rooms.stateEventsAt(addresses);
  return list.map((room, index) => {
    const [joinRules, visibility] = events.slice(index * TYPES.length);
    return {
      room,
      joinRules: joinRules?.pdu.content ?? {},
      isWorldReadable: visibility?.pdu.content["history_visibility"] === "world_readable",
    };
  });
}

function isOpen(doors: Doors, memberships: ReadonlyMap<string, Membership>): boolean {
  const membership = memberships.get(doors.room.roomId);
  if (doors.isWorldReadable || membership === "join" || membership === "invite") return true;
  if (membership === "ban") return false;
  if (doors.joinRules["join_rule"] === "public" || isKnockable(doors)) return true;
  return roomsThatOpen(doors).some((roomId) => memberships.get(roomId) === "join");
}

function isKnockable({ joinRules, room }: Doors): boolean {
  const rule = joinRules["join_rule"];
  return (rule === "knock" && room.rules.knock) || (rule === "knock_restricted" && room.rules.knockRestricted);
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms */
function roomsThatOpen({ joinRules, room }: Doors): readonly string[] {
  const { allow } = joinRules;
  if (!isRestricted(joinRules, room.rules) || !Array.isArray(allow)) return [];
  return allow
    .filter((condition) => isJsonObject(condition))
    .filter(({ type }) => type === "m.room_membership")
    .map((condition) => condition["room_id"])
    .filter((roomId) => typeof roomId === "string" && !roomId.includes("\u0000"))
    .map(String);
}

const isRestricted = ({ join_rule: rule }: JsonObject, rules: RoomVersionRules): boolean =>
  (rule === "restricted" && rules.restricted) || (rule === "knock_restricted" && rules.knockRestricted);
