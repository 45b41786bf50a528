import { MAIN_THREAD } from "../../engine/rooms/thread.ts";
import type { ReadUpTo } from "../receipts/index.ts";
import { type NotifyingRow, ownAudience } from "./notifying.store.ts";
import type { RoomTally } from "./room-tally.ts";
import type { Base, Standing, ThreadCounts } from "./standings.ts";

/** Nothing up to this position counts, whatever the thread. */
export const floorOf = (standing: Standing, readUpTo: ReadUpTo): number =>
  Math.max(standing.joinedAt, readUpTo.unthreaded);

/** Nothing of the thread up to this position counts. */
export const threadFloor = ({ main, threads }: ReadUpTo, thread: string): number =>
  thread === MAIN_THREAD ? main : (threads.get(thread) ?? 0);

interface Counted {
  readonly userId: string;
  /** Those whose messages do not count. */
  readonly ignored: ReadonlySet<string>;
  readonly standing: Standing;
  readonly readUpTo: ReadUpTo;
  readonly tally: RoomTally;
}

/**
 * Counts for a member by what is in memory; `undefined` when that does not reach back far enough. The outcome is kept, so
 * that the next time only what came since is looked at.
 */
export function countInMemory(counted: Counted): ThreadCounts | undefined {
  const { standing, readUpTo, tally, ignored } = counted;
  const base = baseOf(counted) ?? emptyBase(floorOf(standing, readUpTo), counted);
  if (!base) return undefined;
  const { counts, spoken } = countAfter(base.upTo, counted);
  for (const [thread, count] of base.counts) if (!spoken.has(thread)) add(counts, thread, count);
  const upTo = Math.max(base.upTo, tally.rows.at(-1)?.position ?? 0);
  standing.base = { counts, generation: tally.generation, upTo, ignored };
  return counts;
}

/** What was counted before, if what came since is in memory and nothing of it changed. */
function baseOf({ standing: { base }, tally, ignored }: Counted): Base | undefined {
  const isValid = base && base.generation === tally.generation && base.ignored === ignored;
  return isValid && base.upTo >= tally.after ? base : undefined;
}

/** Nothing is counted up to the floor, if all that came since is in memory. */
function emptyBase(floor: number, { tally: { after, generation }, ignored }: Counted): Base | undefined {
  return floor >= after ? { counts: new Map(), generation, upTo: floor, ignored } : undefined;
}

/**
 * Counts the rows after a position, and says in which threads the user spoke since: whoever speaks has read what was there.
 * @see https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications
 */
function countAfter(position: number, { userId, ignored, standing, readUpTo, tally }: Counted) {
  const counts = new Map<string, { notify: number; highlight: number }>();
  const spoken = new Set<string>();
  const audiences = ["", standing.ruleSet, ownAudience(standing.ruleSet, userId)];
  for (let index = tally.rows.length - 1; index >= 0; index--) {
    const row = tally.rows[index];
    if (row === undefined || row.position <= position) break;
    if (row.sender === userId) spoken.add(row.thread);
    if (spoken.has(row.thread) || ignored.has(row.sender)) continue;
    if (audiences.includes(row.audience) && isUnread(row, readUpTo)) add(counts, row.thread, row);
  }
  return { counts, spoken };
}

/**
 * Whether a member had something unread in the thread of an event of their own, which that event marked as read; also when
 * that is not known any more.
 */
export function clearedBySpeaking({ userId, ignored, standing, readUpTo, tally }: Counted, position: number): boolean {
  const own = tally.rows.find((row) => row.position === position);
  if (!own) return position <= tally.after;
  const floor = Math.max(floorOf(standing, readUpTo), threadFloor(readUpTo, own.thread));
  const audiences = ["", standing.ruleSet, ownAudience(standing.ruleSet, userId)];
  const before = tally.rows.findLast(
    (row) =>
      row.position < position &&
      row.thread === own.thread &&
      (row.sender === userId || (row.notify !== 0 && audiences.includes(row.audience) && !ignored.has(row.sender))),
  );
  if (before) return before.sender !== userId && before.position > floor;
  return floor < tally.after;
}

const isUnread = ({ position, thread }: NotifyingRow, readUpTo: ReadUpTo): boolean =>
  position > threadFloor(readUpTo, thread);

function add(
  counts: Map<string, { notify: number; highlight: number }>,
  thread: string,
  { notify, highlight }: { readonly notify: number; readonly highlight: number },
): void {
  const count = counts.getOrInsertComputed(thread, () => ({ notify: 0, highlight: 0 }));
  count.notify += notify;
  count.highlight += highlight;
}
