import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Sql } from "../../store/sql.ts";
import { parentKey, parentsOf, type SummaryMap } from "./summaries.ts";
import { readLatestOfOthers, readParticipants } from "./summaries.store.ts";

/** A thread as one user sees it. */
export interface SeenThread {
  readonly replyCount: number;
  /** Position of the latest reply. */
  readonly latest: number;
  /** Whether the user sent the root or a reply. */
  readonly isParticipant: boolean;
}

/** Of each thread. */
const REMEMBERED_USERS = 500;

export interface Threads {
  readonly roots: readonly StoredEvent[];
  readonly summaries: SummaryMap;
}

interface Looking {
  readonly userId: string;
  readonly ignored: ReadonlySet<string>;
  /** Whether the summaries lack the replies of ignored users already. */
  readonly isWithoutIgnored: boolean;
}

/**
 * The threads of some roots as a user sees them, by the root's position: without replies of users they ignore. Two
 * queries at most.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-side-aggregation-of-mthread-relationships
 */
export async function seenThreads(
  sql: Sql,
  { roots, summaries }: Threads,
  { userId, ignored, isWithoutIgnored }: Looking,
): Promise<ReadonlyMap<number, SeenThread>> {
  const countsOf = await replyCounts(sql, { roots, summaries }, [userId, ...(isWithoutIgnored ? [] : ignored)]);
  const hidden = roots.filter(({ position }) => ignored.has(summaries.get(position)?.thread?.latestSender ?? ""));
  const others = hidden.length === 0 ? [] : await readLatestOfOthers(sql, parentsOf(hidden), ignored);
  const latestOfOthers = new Map(others.map((row) => [parentKey(row), row.position]));
  const seen = new Map<number, SeenThread>();
  for (const root of roots) {
    const thread = summaries.get(root.position)?.thread;
    if (!thread) continue;
    const [own = 0, ...ofIgnored] = countsOf.get(root.position) ?? [];
    const ignoredCount = ofIgnored.reduce((sum, count) => sum + count, 0);
    const latest = ignored.has(thread.latestSender) ? latestOfOthers.get(keyOf(root)) : thread.latest;
    if (latest === undefined) continue;
    const isParticipant = root.pdu.sender === userId || own > 0;
    seen.set(root.position, { replyCount: thread.replyCount - ignoredCount, latest, isParticipant });
  }
  return seen;
}

/**
 * Those of the roots, by position, whose threads a user takes part in. Asks the database only about threads that do not
 * remember the user.
 */
export async function threadsOfUser(sql: Sql, threads: Threads, userId: string): Promise<ReadonlySet<number>> {
  const forgetful = threads.roots.filter(
    ({ position, pdu }) => pdu.sender !== userId && !threads.summaries.get(position)?.thread?.repliesBy.has(userId),
  );
  const asked = { roots: forgetful, summaries: threads.summaries };
  const read = forgetful.length === 0 ? undefined : await replyCounts(sql, asked, [userId]);
  const takesPart = ({ position, pdu }: StoredEvent): boolean =>
    pdu.sender === userId ||
    (read?.get(position)?.[0] ?? threads.summaries.get(position)?.thread?.repliesBy.get(userId) ?? 0) > 0;
  return new Set(threads.roots.filter(takesPart).map(({ position }) => position));
}

/** How often each of the users replied, by the root's position. Asks for all that no thread remembers together. */
async function replyCounts(
  sql: Sql,
  { roots, summaries }: Threads,
  userIds: readonly string[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const memoryOf = (root: StoredEvent) => summaries.get(root.position)?.thread?.repliesBy ?? new Map<string, number>();
  // Who sent the root takes part, however often they replied.
  const isKnown = (root: StoredEvent): boolean =>
    userIds.every((userId) => memoryOf(root).has(userId) || (userIds.length === 1 && root.pdu.sender === userId));
  const asked = roots.filter((root) => !isKnown(root));
  const rows = asked.length === 0 ? [] : await readParticipants(sql, parentsOf(asked), userIds);
  const read = Map.groupBy(rows, parentKey);
  const counts = new Map<number, readonly number[]>();
  for (const root of roots) {
    const memory = memoryOf(root);
    const fresh = new Map(read.get(keyOf(root))?.map((row) => [row.userId, row.replyCount]));
    const ofUsers = userIds.map((userId) => memory.get(userId) ?? fresh.get(userId) ?? 0);
    counts.set(root.position, ofUsers);
    if (asked.includes(root) && memory.size < REMEMBERED_USERS)
      for (const [index, userId] of userIds.entries()) memory.set(userId, ofUsers[index] ?? 0);
  }
  return counts;
}

const keyOf = ({ roomNid, eventId }: StoredEvent): string => parentKey({ roomNid, parentId: eventId });
