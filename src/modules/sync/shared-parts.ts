import { boundedCache } from "../../bounded-cache.ts";
import { isEventChange } from "../../engine/rooms/event-change.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { formatTimelineToken } from "../../engine/streams/timeline-token.ts";
import { isIgnored } from "../account-data/index.ts";
import { type RoomPart, timelineText } from "./joined-room.ts";
import type { SyncFilter } from "./sync-filter.ts";
import { renderAll, type SyncContext } from "./sync-context.ts";

/** Rooms whose last part is kept: those that wait are told at once, and the next message has another. */
const ROOMS = 1_000;
/** An event's age, as told, may be out by so much. */
const GOOD_FOR_MS = 100;

interface Kept {
  readonly events: readonly StoredEvent[];
  readonly filter: SyncFilter;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly part: Promise<RoomPart>;
}

/**
 * What new messages of a room look like to all who waited for them: made once, not once for each. Shared is only what is
 * the same for everybody, and seen to be so without asking the database; all else is made as ever.
 */
export class SharedParts {
  readonly #kept = boundedCache<string, Kept>(ROOMS);

  /** `undefined` when what this viewer is told may be other than what others are. */
  async of(context: SyncContext, room: Room): Promise<RoomPart | undefined> {
    const events = newIn(context, room.roomId);
    if (!isSameForAll(context, room, events)) return undefined;
    const kept = this.#kept.get(room.roomId);
    if (kept && isFor(kept, context, events)) return await kept.part;
    const part = partOf(context, events);
    this.#kept.set(room.roomId, { events, filter: context.filter, time: context.time, part });
    return await part;
  }
}

function newIn({ changes = [] }: SyncContext, roomId: string): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (const change of changes) if (change.roomId === roomId && isEventChange(change)) events.push(change.event);
  return events;
}

/**
 * Messages of others, sent in the state that holds now, of which none speaks of another event: so members see them, no
 * state goes with them, nothing is bundled with them, and no transaction ID is told.
 */
function isSameForAll(context: SyncContext, room: Room, events: readonly StoredEvent[]): boolean {
  const { filter, fullState } = context;
  if (fullState || events.length === 0 || events.length > filter.timelineLimit) return false;
  return events.every((event) => isPlain(event, room) && isTold(context, event));
}

const isPlain = ({ pdu, stateKey, stateBefore, redactedBy }: StoredEvent, room: Room): boolean =>
  stateKey === undefined &&
  pdu.type !== "m.room.redaction" &&
  redactedBy === 0 &&
  pdu.content["m.relates_to"] === undefined &&
  stateBefore === room.publishedState;

function isTold(context: SyncContext, event: StoredEvent): boolean {
  const { filter, viewer, ignored, since, sentMembers } = context;
  const { sender } = event.pdu;
  if (sender === viewer.userId || isIgnored(event, ignored) || !filter.keepsTimeline(event)) return false;
  if (!filter.lazyLoadMembers) return true;
  return !filter.includeRedundantMembers && sentMembers.has(viewer, event.roomId, { member: sender, since });
}

const isFor = (kept: Kept, { filter, time }: SyncContext, events: readonly StoredEvent[]): boolean =>
  kept.filter === filter &&
  time - kept.time < GOOD_FOR_MS &&
  kept.events.length === events.length &&
  kept.events.every((event, index) => event === events[index]);

async function partOf(context: SyncContext, events: readonly StoredEvent[]): Promise<RoomPart> {
  const held = new Set<StoredEvent>();
  const prevBatch = formatTimelineToken({ before: events[0]?.ordering ?? 0 });
  const stateAtStart = events[0]?.stateBefore ?? "";
  const timeline = { events, held, limited: false, prevBatch, hiddenState: [], stateAtStart };
  const texts = await renderAll(context, events, { decorated: true, asState: held });
  return { timeline, state: [], summary: undefined, timelineText: timelineText(timeline, texts) };
}
