/*
 * What is aggregated of a parent, the same for everybody who sees all of the room. Kept in memory until a child comes or
 * goes: the long polls of all members render the same few events. That a new message has no children is known without
 * asking, so that telling it asks the database nothing.
 */
import { boundedCache } from "../../bounded-cache.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Sql } from "../../store/sql.ts";
import {
  type EditRow,
  type Parents,
  type ReferenceRow,
  readEdits,
  readReferences,
  readThreads,
  readThreadsUntil,
  type ThreadRow,
} from "./summaries.store.ts";

/** Most are of events without children, and share one object. */
const REMEMBERED = 50_000;

export interface Reference {
  readonly eventId: string;
  readonly position: number;
  readonly sender: string;
}

export interface ThreadSummary {
  readonly replyCount: number;
  /** Position and sender of the latest reply. */
  readonly latest: number;
  readonly latestSender: string;
  /** How often users replied, of those asked about so far. Gone with the summary when a reply comes or goes. */
  readonly repliesBy: Map<string, number>;
}

/** What is aggregated of a parent. */
export interface Summary {
  /** Position of the latest valid replacement; to be shown only if the parent itself may be replaced. */
  readonly edit: number | undefined;
  /** In the order of the timeline. */
  readonly references: readonly Reference[];
  readonly thread: ThreadSummary | undefined;
}

/** Summaries of those parents that have any, by the parent's position. */
export type SummaryMap = ReadonlyMap<number, Summary>;

const EMPTY: Summary = { edit: undefined, references: [], thread: undefined };

export class Summaries {
  readonly #sql: Sql;
  readonly #known = boundedCache<string, Summary>(REMEMBERED);
  /** For each query on its way: parents that changed meanwhile, of which it may have read too early. */
  readonly #changed = new Set<Set<string>>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Asks the database for all that is not in memory together: once for each kind of relation. */
  async of(parents: readonly StoredEvent[]): Promise<SummaryMap> {
    const found = new Map<number, Summary>();
    const missing: StoredEvent[] = [];
    for (const parent of parents) {
      const known = this.#known.get(parent.eventId);
      if (!known) missing.push(parent);
      else if (known !== EMPTY) found.set(parent.position, known);
    }
    if (missing.length === 0) return found;
    for (const [position, summary] of await this.#load(missing)) found.set(position, summary);
    return found;
  }

  /** As it was when the log stood at `until`, replies of some users left out. Not kept in memory. */
  async until(parents: readonly StoredEvent[], until: number, ignored: ReadonlySet<string>): Promise<SummaryMap> {
    const which = parentsOf(parents);
    const [edits, references, threads] = await Promise.all([
      readEdits(this.#sql, which, until),
      readReferences(this.#sql, which, until),
      readThreadsUntil(this.#sql, which, { until, ignored }),
    ]);
    return gather(parents, { edits, references, threads });
  }

  /** A new event, to which nothing can relate yet. */
  setChildless(eventId: string): void {
    this.#known.set(eventId, EMPTY);
  }

  /** A child of the event came or went. */
  forget(eventId: string): void {
    this.#known.delete(eventId);
    for (const changed of this.#changed) changed.add(eventId);
  }

  async #load(parents: readonly StoredEvent[]): Promise<SummaryMap> {
    const changed = new Set<string>();
    this.#changed.add(changed);
    try {
      const which = parentsOf(parents);
      const [edits, references, threads] = await Promise.all([
        readEdits(this.#sql, which, Number.MAX_SAFE_INTEGER),
        readReferences(this.#sql, which, Number.MAX_SAFE_INTEGER),
        readThreads(this.#sql, which),
      ]);
      const loaded = gather(parents, { edits, references, threads });
      for (const { eventId, position } of parents) {
        if (!changed.has(eventId)) this.#known.set(eventId, loaded.get(position) ?? EMPTY);
      }
      return loaded;
    } finally {
      this.#changed.delete(changed);
    }
  }
}

/** By what rows call a parent. */
export const parentKey = ({ roomNid, parentId }: { readonly roomNid: number; readonly parentId: string }): string =>
  `${roomNid}|${parentId}`;

export const parentsOf = (events: readonly StoredEvent[]): Parents => ({
  roomNids: [...new Set(events.map(({ roomNid }) => roomNid))],
  eventIds: events.map(({ eventId }) => eventId),
});

interface Rows {
  readonly edits: readonly EditRow[];
  readonly references: readonly ReferenceRow[];
  readonly threads: readonly ThreadRow[];
}

function gather(parents: readonly StoredEvent[], rows: Rows): SummaryMap {
  const edits = new Map(rows.edits.map((row) => [parentKey(row), row.position]));
  const threads = new Map(rows.threads.map((row) => [parentKey(row), toThread(row)]));
  const references = Map.groupBy(rows.references, parentKey);
  const summaries = new Map<number, Summary>();
  for (const { position, roomNid, eventId } of parents) {
    const key = parentKey({ roomNid, parentId: eventId });
    const summary = { edit: edits.get(key), references: references.get(key) ?? [], thread: threads.get(key) };
    if (summary.edit === undefined && summary.references.length === 0 && !summary.thread) continue;
    summaries.set(position, summary);
  }
  return summaries;
}

const toThread = ({ replyCount, position, sender }: ThreadRow): ThreadSummary => ({
  replyCount,
  latest: position,
  latestSender: sender,
  repliesBy: new Map(),
});
