import type { Room } from "../../engine/rooms/room.ts";
import type { RoomPart } from "./joined-room.ts";
import type { SyncContext } from "./sync-context.ts";

/** Members named in a summary, when the room has no name. */
const HEROES = 5;

/**
 * The room's summary as JSON text: on an initial sync, and when a membership or the name changed.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync (RoomSummary)
 */
export async function roomSummary(context: SyncContext, room: Room, part: RoomPart): Promise<string | undefined> {
  if (context.since && !context.fullState && !mayHaveChanged(part)) return undefined;
  const { joined, invited } = await context.rooms.memberCounts(room);
  const isNamed = await context.rooms.stateEvents(room.publishedState, [
    ["m.room.name", ""],
    ["m.room.canonical_alias", ""],
  ]);
  const hasName = isNamed.some(({ pdu }) => pdu.content["name"] || pdu.content["alias"]);
  const heroes = hasName ? undefined : await context.rooms.memberships.heroes(room.nid, context.viewer.userId, HEROES);
  return JSON.stringify({
    ...(heroes ? { "m.heroes": heroes } : {}),
    "m.joined_member_count": joined,
    "m.invited_member_count": invited,
  });
}

function mayHaveChanged({ timeline, state }: RoomPart): boolean {
  const types = ["m.room.member", "m.room.name", "m.room.canonical_alias"];
  return timeline.limited || [...timeline.events, ...state].some(({ pdu }) => types.includes(pdu.type));
}
