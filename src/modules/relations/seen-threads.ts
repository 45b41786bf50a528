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
  { roots, summaries }: { readonly roots: readonly StoredEvent[]; readonly summaries: SummaryMap },
  { userId, ignored, isWithoutIgnored }: Looking,
): Promise<ReadonlyMap<number, SeenThread>> {
  const replied = await repliesOf(sql, roots, [userId, ...(isWithoutIgnored ? [] : ignored)]);
  const hidden = roots.filter(({ position }) => ignored.has(summaries.get(position)?.thread?.latestSender ?? ""));
  const others = hidden.length === 0 ? [] : await readLatestOfOthers(sql, parentsOf(hidden), ignored);
  const latestOfOthers = new Map(others.map((row) => [parentKey(row), row.position]));
  const seen = new Map<number, SeenThread>();
  for (const root of roots) {
    const thread = summaries.get(root.position)?.thread;
    if (!thread) continue;
    const key = keyOf(root);
    const counts = replied.get(key) ?? [];
    const ignoredCount = counts.reduce((sum, row) => (row.userId === userId ? sum : sum + row.replyCount), 0);
    const latest = ignored.has(thread.latestSender) ? latestOfOthers.get(key) : thread.latest;
    if (latest === undefined) continue;
    const isParticipant = root.pdu.sender === userId || counts.some((row) => row.userId === userId);
    seen.set(root.position, { replyCount: thread.replyCount - ignoredCount, latest, isParticipant });
  }
  return seen;
}

async function repliesOf(sql: Sql, roots: readonly StoredEvent[], userIds: readonly string[]) {
  const [userId] = userIds;
  const isKnown = userIds.length === 1 && roots.every(({ pdu }) => pdu.sender === userId);
  const rows = roots.length === 0 || isKnown ? [] : await readParticipants(sql, parentsOf(roots), userIds);
  return Map.groupBy(rows, parentKey);
}

const keyOf = ({ roomNid, eventId }: StoredEvent): string => parentKey({ roomNid, parentId: eventId });
