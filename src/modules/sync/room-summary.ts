import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { SyncContext } from "./sync-context.ts";
import type { Timeline } from "./timeline.ts";

/** Members named in a summary, when the room has no name. */
const HEROES = 5;

/** How many are in a room, and whom it is called by when it has no name. */
export interface RoomSummary {
  readonly "m.heroes"?: readonly string[];
  readonly "m.joined_member_count": number;
  readonly "m.invited_member_count": number;
}

interface Told {
  readonly timeline: Timeline;
  readonly state: readonly StoredEvent[];
  readonly inFull: boolean;
}

/**
 * The room's summary: when the client does not know the room, and when a membership or the name changed.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync (RoomSummary)
 */
export async function roomSummary(context: SyncContext, room: Room, told: Told): Promise<RoomSummary | undefined> {
  if (context.since && !context.fullState && !told.inFull && !mayHaveChanged(told)) return undefined;
  const { joined, invited } = await context.rooms.memberCounts(room);
  const naming = await context.rooms.stateEvents(room.publishedState, [
    ["m.room.name", ""],
    ["m.room.canonical_alias", ""],
  ]);
  const hasName = naming.some(({ pdu }) => pdu.content["name"] || pdu.content["alias"]);
  const heroes = hasName ? undefined : await context.rooms.memberships.heroes(room.nid, context.viewer.userId, HEROES);
  return {
    ...(heroes ? { "m.heroes": heroes } : {}),
    "m.joined_member_count": joined,
    "m.invited_member_count": invited,
  };
}

function mayHaveChanged({ timeline, state }: Told): boolean {
  const types = ["m.room.member", "m.room.name", "m.room.canonical_alias"];
  return timeline.limited || [...timeline.events, ...state].some(({ pdu }) => types.includes(pdu.type));
}
