/*
 * What is aggregated of many parents at once: one query for each kind, whatever the number of parents. Rows name their
 * parent by room and event ID.
 */
import { inList } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** The parents to aggregate for. */
export interface Parents {
  readonly roomNids: readonly number[];
  readonly eventIds: readonly string[];
}

interface OfParent extends Row {
  readonly roomNid: number;
  readonly parentId: string;
}

export interface EditRow extends OfParent {
  /** Of the replacement. */
  readonly position: number;
}

export interface ReferenceRow extends OfParent {
  readonly eventId: string;
  readonly position: number;
  readonly sender: string;
}

/** The latest reply of a thread. */
export interface LatestReplyRow extends OfParent {
  readonly position: number;
  readonly sender: string;
}

export interface ThreadRow extends LatestReplyRow {
  readonly replyCount: number;
}

export interface ParticipantRow extends OfParent {
  readonly userId: string;
  readonly replyCount: number;
}

/** References beyond so many are left out of a bundle, the oldest first; `/relations` has them all. */
const REFERENCES_SHOWN = 500;
const COLUMNS = `r.room_nid AS "roomNid", r.parent_id AS "parentId"`;

/** The latest valid replacement of each parent, of those up to a position. */
export async function readEdits(sql: Sql, parents: Parents, until: number): Promise<EditRow[]> {
  // PostgreSQL compares texts by the database's locale unless told otherwise; the specification has them by code point.
  const byCodePoint = sql.dialect === "sqlite" ? "BINARY" : `"C"`;
  const text = `
    SELECT ${COLUMNS}, r.position FROM (
      SELECT c.room_nid, c.parent_id, c.position,
             ROW_NUMBER() OVER (PARTITION BY c.room_nid, c.parent_id
                                ORDER BY c.origin_server_ts DESC, c.event_id COLLATE ${byCodePoint} DESC) AS place
      FROM relations c
      JOIN events p ON p.event_id = c.parent_id AND p.room_nid = c.room_nid AND p.sender = c.sender AND p.type = c.type
      WHERE ${ofParents(sql, "c.parent_id")} AND c.rel_type = 'm.replace' AND c.aggregated = 1 AND c.position <= $3
    ) r WHERE r.place = 1`;
  return await sql.all<EditRow>(text, [...listsOf(parents), until]);
}

/** What refers to each parent, of what came up to a position, in the order of the timeline. */
export async function readReferences(sql: Sql, parents: Parents, until: number): Promise<ReferenceRow[]> {
  const text = `
    SELECT ${COLUMNS}, r.event_id AS "eventId", r.position, r.sender FROM (
      SELECT c.room_nid, c.parent_id, c.event_id, c.position, c.sender, c.ordering,
             ROW_NUMBER() OVER (PARTITION BY c.room_nid, c.parent_id ORDER BY c.ordering DESC) AS place
      FROM relations c
      WHERE ${ofParents(sql, "c.parent_id")} AND c.rel_type = 'm.reference' AND c.position <= $3
    ) r WHERE r.place <= $4 ORDER BY r.ordering`;
  return await sql.all<ReferenceRow>(text, [...listsOf(parents), until, REFERENCES_SHOWN]);
}

/** The threads that start from the parents. */
export async function readThreads(sql: Sql, parents: Parents): Promise<ThreadRow[]> {
  const text = `
    SELECT ${COLUMNS}, c.reply_count AS "replyCount", r.position, r.sender
    FROM threads c ${latestReply("c.root_id")}
    WHERE ${ofParents(sql, "c.root_id")}`;
  return await sql.all<ThreadRow>(text, listsOf(parents));
}

/** As `readThreads`, of replies up to a position, some users' left out. Cost: reads every reply of these threads. */
export async function readThreadsUntil(
  sql: Sql,
  parents: Parents,
  { until, ignored }: { readonly until: number; readonly ignored: ReadonlySet<string> },
): Promise<ThreadRow[]> {
  const text = `
    SELECT ${COLUMNS}, s.reply_count AS "replyCount", r.position, r.sender FROM (
      SELECT c.room_nid, c.parent_id, COUNT(*) AS reply_count, MAX(c.ordering) AS latest
      FROM relations c JOIN threads t ON t.room_nid = c.room_nid AND t.root_id = c.parent_id
      WHERE ${ofParents(sql, "c.parent_id")} AND c.rel_type = 'm.thread' AND c.position <= $3
        AND NOT ${inList(sql.dialect, "c.sender", "$4")}
      GROUP BY c.room_nid, c.parent_id
    ) s ${latestReply("s.parent_id", "s")}`;
  return await sql.all<ThreadRow>(text, [...listsOf(parents), until, JSON.stringify([...ignored])]);
}

/** The latest reply of each thread by anybody but these users. */
export async function readLatestOfOthers(
  sql: Sql,
  parents: Parents,
  ignored: ReadonlySet<string>,
): Promise<LatestReplyRow[]> {
  const text = `
    SELECT ${COLUMNS}, r.position, r.sender FROM (
      SELECT c.room_nid, c.root_id, MAX(c.latest) AS latest FROM thread_participants c
      WHERE ${ofParents(sql, "c.root_id")} AND c.reply_count > 0 AND NOT ${inList(sql.dialect, "c.user_id", "$3")}
      GROUP BY c.room_nid, c.root_id
    ) s ${latestReply("s.root_id", "s")}`;
  return await sql.all<LatestReplyRow>(text, [...listsOf(parents), JSON.stringify([...ignored])]);
}

/** How often each of these users replied in the threads, where they take part. */
export async function readParticipants(
  sql: Sql,
  parents: Parents,
  userIds: readonly string[],
): Promise<ParticipantRow[]> {
  const text = `
    SELECT c.room_nid AS "roomNid", c.root_id AS "parentId", c.user_id AS "userId", c.reply_count AS "replyCount"
    FROM thread_participants c
    WHERE ${ofParents(sql, "c.root_id")} AND ${inList(sql.dialect, "c.user_id", "$3")} AND c.reply_count > 0`;
  return await sql.all<ParticipantRow>(text, [...listsOf(parents), JSON.stringify(userIds)]);
}

const ofParents = ({ dialect }: Sql, idColumn: string): string =>
  `${inList(dialect, "c.room_nid", "$1", "number")} AND ${inList(dialect, idColumn, "$2")}`;

const listsOf = ({ roomNids, eventIds }: Parents): string[] => [JSON.stringify(roomNids), JSON.stringify(eventIds)];

const latestReply = (rootColumn: string, threads = "c"): string => `
  JOIN relations r ON r.room_nid = ${threads}.room_nid AND r.parent_id = ${rootColumn} AND r.rel_type = 'm.thread'
                  AND r.ordering = ${threads}.latest`;
