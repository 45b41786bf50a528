import { isJsonObject, type JsonObject, type JsonValue } from "../../protocol/json/json.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import { guestsMayJoin } from "./guest-access.ts";
import type { Room } from "./room.ts";
import type { Rooms } from "./rooms.ts";
import type { StoredEvent } from "./stored-event.ts";

/**
 * What a room tells those who are not in it, as the room directory shows it: the client's JSON.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3publicrooms
 */
export interface PublicRoomSummary {
  readonly room_id: string;
  readonly num_joined_members: number;
  readonly world_readable: boolean;
  readonly guest_can_join: boolean;
  readonly join_rule: string;
  readonly name?: string;
  readonly topic?: string;
  readonly canonical_alias?: string;
  readonly avatar_url?: string;
  readonly room_type?: string;
}

/**
 * The same with what spaces and `/room_summary` show besides.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1room_summaryroomidoralias
 */
export interface RoomSummary extends PublicRoomSummary {
  readonly room_version: string;
  /** The algorithm; only rooms that are encrypted have it. */
  readonly encryption?: string;
  /** Whose members may join; only where the join rule asks for it. */
  readonly allowed_room_ids?: readonly string[];
}

/** The types of the state events, with an empty state key, of which a summary is made. */
export const SUMMARY_TYPES: readonly string[] = [
  "m.room.create",
  "m.room.name",
  "m.room.topic",
  "m.room.canonical_alias",
  "m.room.avatar",
  "m.room.join_rules",
  "m.room.guest_access",
  "m.room.history_visibility",
  "m.room.encryption",
];

/** The state of a room, read without waiting; may throw to have an event loaded. */
export interface Summarised {
  readonly roomId: string;
  state(type: string, stateKey: string): StoredEvent | undefined;
}

/** The summary of a room as it is durable. See `summariesOf`. */
export async function summaryOf(rooms: Rooms, room: Room): Promise<RoomSummary> {
  const [summary] = await summariesOf(rooms, [room]);
  if (!summary) throw new Error("A room has a summary");
  return summary;
}

/** The summaries of rooms as they are durable, in their order. The queries are the same few for any number of rooms. */
export async function summariesOf(rooms: Rooms, list: readonly Room[]): Promise<RoomSummary[]> {
  const addresses = list.flatMap(({ publishedState: root }) =>
    SUMMARY_TYPES.map((type) => ({ root, type, stateKey: "" })),
  );
  const [events, counts] = await Promise.all([rooms.stateEventsAt(addresses), rooms.memberCountsOf(list)]);
  return list.map((room, index) => {
    const first = index * SUMMARY_TYPES.length;
    const state = (type: string): StoredEvent | undefined => events[first + SUMMARY_TYPES.indexOf(type)];
    return summarise({ roomId: room.roomId, rules: room.rules, state }, counts.get(room)?.joined ?? 0);
  });
}

/** Makes the summary of a room from its state and the number of its joined members. */
export function summarise(room: Summarised & { readonly rules: RoomVersionRules }, joinedCount: number): RoomSummary {
  const content = (type: string): JsonObject => room.state(type, "")?.pdu.content ?? {};
  const algorithm = textOf(content("m.room.encryption")["algorithm"]);
  const allowed = allowedRoomIds(content("m.room.join_rules"));
  return {
    ...publicSummary(room, joinedCount),
    room_version: room.rules.id,
    ...(algorithm !== undefined && { encryption: algorithm }),
    ...(allowed.length > 0 && { allowed_room_ids: allowed }),
  };
}

/** The part of it that the room directory shows. */
export function publicSummary(room: Summarised, joinedCount: number): PublicRoomSummary {
  const content = (type: string): JsonObject => room.state(type, "")?.pdu.content ?? {};
  const name = textOf(content("m.room.name")["name"]);
  const topic = topicOf(content("m.room.topic"));
  const alias = textOf(content("m.room.canonical_alias")["alias"]);
  const avatarUrl = textOf(content("m.room.avatar")["url"]);
  const roomType = textOf(content("m.room.create")["type"]);
  return {
    room_id: room.roomId,
    num_joined_members: joinedCount,
    world_readable: content("m.room.history_visibility")["history_visibility"] === "world_readable",
    guest_can_join: guestsMayJoin(room),
    // Clients take a room without a join rule for a public one, while to the authorisation rules it is closed: say so.
    join_rule: textOf(content("m.room.join_rules")["join_rule"]) ?? "invite",
    ...(name !== undefined && { name }),
    ...(topic !== undefined && { topic }),
    ...(alias !== undefined && { canonical_alias: alias }),
    ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
    ...(roomType !== undefined && { room_type: roomType }),
  };
}

/**
 * The topic in plain text: that of `m.topic` where it has one, else `topic`.
 * @see https://spec.matrix.org/v1.19/client-server-api/#mroomtopic
 */
function topicOf(content: JsonObject): string | undefined {
  const block = content["m.topic"];
  const forms = isJsonObject(block) ? block["m.text"] : undefined;
  const plain = Array.isArray(forms) ? forms.find(isPlainText) : undefined;
  return textOf(isJsonObject(plain) ? plain["body"] : undefined) ?? textOf(content["topic"]);
}

const isPlainText = (form: JsonValue): boolean =>
  isJsonObject(form) && (form["mimetype"] ?? "text/plain") === "text/plain";

/** @see https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms */
function allowedRoomIds({ join_rule: rule, allow }: JsonObject): readonly string[] {
  if ((rule !== "restricted" && rule !== "knock_restricted") || !Array.isArray(allow)) return [];
  return allow
    .filter((condition) => isJsonObject(condition))
    .filter(({ type }) => type === "m.room_membership")
    .map((condition) => condition["room_id"])
    .filter((id) => typeof id === "string");
}

/** Members of the wrong type, and empty ones, count as not there. */
const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
