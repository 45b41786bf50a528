import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { SyncContext } from "./sync-context.ts";
import type { Timeline } from "./timeline.ts";

interface Told {
  readonly room: Room;
  /** The client does not know the room yet. */
  readonly inFull: boolean;
  readonly timeline: Timeline;
  /** The state in which the members are. */
  readonly root: string;
  readonly state: readonly StoredEvent[];
  /** Those whom the room is called by. */
  readonly heroes: readonly string[];
}

/**
 * With lazy loading, only the members are told who speak in the timeline or whom the room is called by, and of those the
 * ones that the device does not know; and changes: after a gap all of them, else those of members whom it knows. Without,
 * all state.
 * @see https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
 */
export async function withLazyMembers(context: SyncContext, told: Told): Promise<readonly StoredEvent[]> {
  const { filter, viewer, sentMembers, rooms, since, now } = context;
  if (!filter.lazyLoadMembers) return told.state;
  const { room, timeline, state, heroes } = told;
  const isWhole = told.inFull || since === undefined || context.fullState;
  const speakers = timeline.events.map((event) => event.pdu.sender);
  const needed = new Set([...speakers, ...heroes, ...(isWhole ? [viewer.userId] : [])]);
  const isKnown = (member: string): boolean => !isWhole && sentMembers.has(viewer, room.roomId, { member, since });

  const wanted = [...needed].filter((member) => filter.includeRedundantMembers || !isKnown(member));
  // Clients keep the list of members themselves: of what happened in a gap they learn here or never.
  // https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync
  // The same where they are not to take the state from the timeline.
  const isGap = (timeline.limited || context.stateName !== "state") && !isWhole;
  const isTold = (member: string): boolean => isGap || needed.has(member) || isKnown(member);
  const changed = state.filter(isMember).filter(({ stateKey = "" }) => isTold(stateKey));
  const others = state.filter((event) => !isMember(event));
  const members = await rooms.stateEvents(
    told.root,
    wanted.map((member) => ["m.room.member", member]),
  );
  const shown = [...timeline.events.filter(isMember), ...changed].map(({ stateKey = "" }) => stateKey);
  for (const member of [...needed, ...shown]) sentMembers.add(viewer, room.roomId, { member, at: now });
  // What is in the state is later than what was at its start.
  const byMember = new Map([...members, ...changed].map((event) => [event.stateKey, event]));
  return [...others, ...byMember.values()];
}

const isMember = (event: StoredEvent): boolean => event.pdu.type === "m.room.member";
