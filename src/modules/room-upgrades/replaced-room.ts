import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { listBans } from "./bans.store.ts";

/** More bans, and more children of a space, are more than one transaction should hold. */
const BAN_LIMIT = 1_000;
const CHILD_LIMIT = 1_000;

/**
 * State with an empty state key that goes into the new room, in this order.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-16
 */
const COPIED = [
  "m.room.join_rules",
  "m.room.history_visibility",
  "m.room.guest_access",
  "m.room.name",
  "m.room.topic",
  "m.room.avatar",
  "m.room.encryption",
  "m.room.server_acl",
  "m.room.canonical_alias",
] as const;

/** A state event of the new room. */
export interface CopiedState {
  readonly type: string;
  readonly stateKey: string;
  readonly content: JsonObject;
}

/** What goes into the new room with state keys: read before the transaction. */
export async function keyedStateOf(rooms: Rooms, sql: Sql, room: Room): Promise<CopiedState[]> {
  const [state, positions] = await Promise.all([
    rooms.stateBesideMembers(room.publishedState),
    listBans(sql, room.nid, BAN_LIMIT),
  ]);
  const bans = await rooms.events.byPositions(positions);
  // Without servers to join through, it is no child any more.
  const children = state.filter(({ pdu }) => pdu.type === "m.space.child");
  const kept = children.filter(({ pdu }) => Array.isArray(pdu.content["via"]));
  return [...kept.slice(0, CHILD_LIMIT), ...bans].map(asCopied);
}

/** What goes into the new room, from the old one's state as it is now. */
export const plainStateOf = (state: (type: string, stateKey: string) => StoredEvent | undefined): CopiedState[] =>
  COPIED.map((type) => state(type, ""))
    .filter((event) => event !== undefined)
    .map(asCopied);

const asCopied = ({ pdu, stateKey = "" }: StoredEvent): CopiedState => ({
  type: pdu.type,
  stateKey,
  content: pdu.content,
});
