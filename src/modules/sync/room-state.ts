import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Access } from "../../engine/rooms/visibility.ts";
import type { SyncContext } from "./sync-context.ts";
import type { Timeline } from "./timeline.ts";

/** What part of a room is told. */
export interface Wanted {
  readonly room: Room;
  readonly access: Access;
  /** Tell the room from its start: initial sync, or the user joined since. */
  readonly inFull: boolean;
  /** The timeline goes up to this position: that of the departure, or `Infinity`. */
  readonly until: number;
}

/** State events to tell, and the root of the state that a client has with them. */
interface ToldState {
  readonly root: string;
  readonly state: readonly StoredEvent[];
}

/**
 * The state that goes with a timeline: up to its start, so that clients take the rest from its events, or up to its end.
 * Both leave the members to `withLazyMembers` where they are loaded lazily and the client knows nothing yet.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync (`use_state_after`)
 */
export async function roomState(context: SyncContext, wanted: Wanted, timeline: Timeline): Promise<ToldState> {
  if (context.stateName !== "state") return await stateAfter(context, wanted, timeline);
  const before = await stateBefore(context, wanted, timeline);
  return { root: timeline.stateAtStart, state: withLater(before, timeline.hiddenState) };
}

/** The state at the start of the timeline, or what of it is new since the client saw the room. */
async function stateBefore(context: SyncContext, wanted: Wanted, timeline: Timeline): Promise<readonly StoredEvent[]> {
  const { rooms, since } = context;
  // Never in the room: the refused invite or knock is told, and nothing of the room.
  if (wanted.access.stateRoot === undefined) return [];
  if (!since || isWhole(context, wanted)) return await wholeState(context, timeline.stateAtStart);
  if (!timeline.limited) return [];
  const seen = await rooms.stateAt(wanted.room, since.position);
  return seen === timeline.stateAtStart ? [] : await rooms.stateSince(seen, timeline.stateAtStart);
}

/** The same for the end of the timeline. Cost: nothing is read when no state changed. */
async function stateAfter(context: SyncContext, wanted: Wanted, timeline: Timeline): Promise<ToldState> {
  const { rooms, since, now } = context;
  const { room, access, until } = wanted;
  if (access.stateRoot === undefined) return { root: timeline.stateAtStart, state: [] };
  const root = await rooms.stateAt(room, Math.min(now.position, until, access.until));
  if (!since || isWhole(context, wanted)) return { root, state: await wholeState(context, root) };
  if (!timeline.limited && timeline.stateAtStart === root) return { root, state: [] };
  const seen = await rooms.stateAt(room, since.position);
  return { root, state: seen === root ? [] : await rooms.stateSince(seen, root) };
}

const isWhole = ({ since, fullState }: SyncContext, { inFull }: Wanted): boolean => inFull || fullState || !since;

async function wholeState({ rooms, filter }: SyncContext, root: string): Promise<StoredEvent[]> {
  // The members that are needed then come by themselves, see `withLazyMembers`.
  return filter.lazyLoadMembers ? await rooms.stateBesideMembers(root) : await rooms.fullState(root);
}

/** State events of which later ones take the place of earlier ones with the same type and state key. */
function withLater(state: readonly StoredEvent[], later: readonly StoredEvent[]): readonly StoredEvent[] {
  if (later.length === 0) return state;
  return [...new Map([...state, ...later].map((event) => [`${event.pdu.type}|${event.stateKey}`, event])).values()];
}
