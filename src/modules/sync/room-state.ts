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

/** State events to tell, page by page: all of a room's state may be very much. */
export type StatePages = AsyncIterable<readonly StoredEvent[]>;

/** State events to tell, and the root of the state that a client has with them. */
interface ToldState {
  readonly root: string;
  readonly state: readonly StoredEvent[];
  /** The whole state, in place of `state`, where the members belong to it. */
  readonly whole?: StatePages;
}

/**
 * The state that goes with a timeline: up to its start, so that clients take the rest from its events, or up to its end.
 * Both leave the members to `withLazyMembers` where they are loaded lazily and the client knows nothing yet.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync (`use_state_after`)
 */
export async function roomState(context: SyncContext, wanted: Wanted, timeline: Timeline): Promise<ToldState> {
  if (context.stateName !== "state") return await stateAfter(context, wanted, timeline);
  const { hiddenState, stateAtStart: root } = timeline;
  // Never in the room: the refused invite or knock is told, and nothing of the room.
  if (wanted.access.stateRoot !== undefined && isWhole(context, wanted)) {
    const { state, whole } = await wholeState(context, root);
    if (whole) return { root, state, whole: pagesWithLater(whole, hiddenState) };
    return { root, state: withLater(state, hiddenState) };
  }
  return { root, state: withLater(await stateBefore(context, wanted, timeline), hiddenState) };
}

/** What of the state at the start of the timeline is new since the client saw the room. */
async function stateBefore(context: SyncContext, wanted: Wanted, timeline: Timeline): Promise<readonly StoredEvent[]> {
  const { rooms, since } = context;
  if (wanted.access.stateRoot === undefined || !since || !timeline.limited) return [];
  const seen = await rooms.stateAt(wanted.room, since.position);
  return seen === timeline.stateAtStart ? [] : await rooms.stateSince(seen, timeline.stateAtStart);
}

/** The same for the end of the timeline. Cost: nothing is read when no state changed. */
async function stateAfter(context: SyncContext, wanted: Wanted, timeline: Timeline): Promise<ToldState> {
  const { rooms, since, now } = context;
  const { room, access, until } = wanted;
  if (access.stateRoot === undefined) return { root: timeline.stateAtStart, state: [] };
  const root = await rooms.stateAt(room, Math.min(now.position, until, access.until));
  if (!since || isWhole(context, wanted)) return { root, ...(await wholeState(context, root)) };
  if (!timeline.limited && timeline.stateAtStart === root) return { root, state: [] };
  const seen = await rooms.stateAt(room, since.position);
  return { root, state: seen === root ? [] : await rooms.stateSince(seen, root) };
}

const isWhole = ({ since, fullState }: SyncContext, { inFull }: Wanted): boolean => inFull || fullState || !since;

async function wholeState({ rooms, filter }: SyncContext, root: string): Promise<Omit<ToldState, "root">> {
  // The members that are needed then come by themselves, see `withLazyMembers`.
  if (filter.lazyLoadMembers) return { state: await rooms.stateBesideMembers(root) };
  return { state: [], whole: rooms.statePages(root) };
}

/** State events of which later ones take the place of earlier ones with the same type and state key. */
function withLater(state: readonly StoredEvent[], later: readonly StoredEvent[]): readonly StoredEvent[] {
  if (later.length === 0) return state;
  return [...new Map([...state, ...later].map((event) => [addressOf(event), event])).values()];
}

/** The same for pages: what is only in `later` comes last. */
async function* pagesWithLater(
  pages: StatePages,
  later: readonly StoredEvent[],
): AsyncGenerator<readonly StoredEvent[]> {
  if (later.length === 0) {
    yield* pages;
    return;
  }
  const left = new Map(later.map((event) => [addressOf(event), event]));
  for await (const page of pages) {
    yield page.map((event) => {
      const address = addressOf(event);
      const other = left.get(address) ?? event;
      left.delete(address);
      return other;
    });
  }
  yield [...left.values()];
}

const addressOf = ({ pdu, stateKey }: StoredEvent): string => `${pdu.type}|${stateKey}`;
