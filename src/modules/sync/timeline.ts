import type { Access } from "../../engine/rooms/visibility.ts";
import { visibleEvents } from "../../engine/rooms/visibility.ts";
import { EMPTY_ROOT } from "../../engine/rooms/state/node.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { formatTimelineToken } from "../../engine/streams/timeline-token.ts";
import { isIgnored } from "../account-data/index.ts";
import type { SyncContext } from "./sync-context.ts";

/** How often more is read when the filter drops what was found, each time four times as much, up to a limit. */
const ROUNDS = 5;
const GROWTH = 4;
const LARGEST_STRETCH = 100;

/** The part of a room's timeline that an answer shows. */
export interface Timeline {
  readonly events: readonly StoredEvent[];
  /** Those of them that the user may not see as events: they are there since they hold. */
  readonly held: ReadonlySet<StoredEvent>;
  /** Whether there is more between what the client has seen and these events. */
  readonly limited: boolean;
  readonly prevBatch: string;
  /**
   * State events of the same stretch that the filter keeps out of the timeline, or the history's visibility: they are told
   * as state.
   */
  readonly hiddenState: readonly StoredEvent[];
  /** Root of the state before the first event; of the current state when there is none. */
  readonly stateAtStart: string;
}

interface Wanted {
  readonly room: Room;
  readonly access: Access;
  /** Only what came after this position; 0 for all. */
  readonly after: number;
  /** And up to this one. */
  readonly until: number;
}

/** The last events of a room that the user may see and the filter keeps. */
export async function timelineOf(context: SyncContext, { room, access, after, ...wanted }: Wanted): Promise<Timeline> {
  const limit = context.filter.timelineLimit;
  const until = Math.min(context.now.position, wanted.until);
  const kept: StoredEvent[] = [];
  const hidden: StoredEvent[] = [];
  const held = new Set<StoredEvent>();
  let to = until + 1;
  let first: StoredEvent | undefined;
  let hasMore = false;
  for (let round = 0; round < ROUNDS; round++) {
    // The first time what suffices when nothing is dropped, and one more to know whether there is more.
    const count = Math.min((limit + 1) * GROWTH ** round, Math.max(LARGEST_STRETCH, limit + 1));
    const read = await latest(context, room, { after, to, count });
    const seen = await visibleEvents(context.rooms, access, read);
    // A member may see all state, whatever may be seen of how it came to be.
    const allowed = access.membership === "join" ? read : seen;
    const current = after === 0 ? [] : await currentState(context, room, without(allowed, seen));
    for (const event of current) held.add(event);
    const visible = new Set([...seen, ...current]);
    const shown = new Set(read.filter((event) => visible.has(event) && isShown(context, event)));
    kept.unshift(...shown);
    hidden.unshift(...allowed.filter((event) => event.stateKey !== undefined && !shown.has(event)));
    first = read[0] ?? first;
    hasMore = read.length === count;
    to = read[0]?.ordering ?? to;
    if (kept.length > limit || !hasMore) break;
  }
  const events = limit === 0 ? [] : kept.slice(-limit);
  const limited = kept.length > limit || hasMore;
  const start = limited ? events[0] : first;
  const from = start?.position ?? until + 1;
  return {
    events,
    held,
    limited,
    hiddenState: hidden.filter((event) => event.position >= from),
    prevBatch: formatTimelineToken({ before: (limited ? events[0]?.ordering : first?.ordering) ?? until + 1 }),
    // Of what came after the departure, the user's own membership alone is told: its state is not.
    stateAtStart: start && start.position <= access.until ? start.stateBefore : (access.stateRoot ?? EMPTY_ROOT),
  };
}

/**
 * Those of the events that are the room's state now. Who knew the room before finds them in the timeline, where they came,
 * although the events around them are hidden: other servers have it so, and the text gives `state` what came before the timeline.
 */
async function currentState(
  { rooms, now }: SyncContext,
  room: Room,
  events: readonly StoredEvent[],
): Promise<StoredEvent[]> {
  const changes = events.filter((event) => event.stateKey !== undefined);
  if (changes.length === 0) return [];
  const root = await rooms.stateAt(room, now.position);
  const current = await rooms.stateEventsAt(
    changes.map(({ pdu: { type }, stateKey = "" }) => ({ root, type, stateKey })),
  );
  return changes.filter(({ position }, index) => current[index]?.position === position);
}

function without(events: readonly StoredEvent[], others: readonly StoredEvent[]): StoredEvent[] {
  const left = new Set(others);
  return events.length === others.length ? [] : events.filter((event) => !left.has(event));
}

const isShown = ({ filter, ignored }: SyncContext, event: StoredEvent): boolean =>
  filter.keepsTimeline(event) && !isIgnored(event, ignored);

/** Up to `count` events with `after < position` and `ordering < to`, the earliest first: from memory when they are there. */
async function latest(
  context: SyncContext,
  room: Room,
  { after, to, count }: { after: number; to: number; count: number },
): Promise<readonly StoredEvent[]> {
  const known = after === 0 ? room.recentLast(count) : room.recentAfter(after);
  const wanted = known?.filter((event) => (event.ordering ?? 0) < to);
  // From the start of the room, what is in memory suffices only if none of it is too new.
  if (wanted && (after > 0 || wanted.length === count)) return wanted.slice(-count);
  const stretch = { roomNid: room.nid, from: after + 1, to, limit: count };
  return (await context.rooms.events.backwards(stretch)).toReversed();
}
