import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A reply in a thread. */
export interface Reply {
  readonly roomNid: number;
  readonly rootId: string;
  readonly sender: string;
  /** Place in the room's timeline. */
  readonly ordering: number;
}

/** Which threads of a room are wanted: those whose latest reply stands before a point of the timeline. */
export interface ThreadsWanted {
  readonly roomNid: number;
  readonly before: number;
  /** Only threads that this user takes part in. */
  readonly participant: string | undefined;
  readonly limit: number;
}

/** A thread. This server may not have its root. */
export interface ListedThread {
  /** Event ID of the root. */
  readonly rootId: string;
  /** Ordering of the latest reply. */
  readonly latest: number;
}

/** No thread starts from an event that is a child itself: other servers may have let it pass. */
const COUNT_REPLY = `
  INSERT INTO threads (room_nid, root_id, reply_count, latest)
  SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), 1, CAST($3 AS BIGINT)
  WHERE NOT EXISTS (SELECT 1 FROM events e JOIN relations r ON r.position = e.position WHERE e.event_id = $2)
  ON CONFLICT (room_nid, root_id) DO UPDATE SET
    reply_count = threads.reply_count + 1,
    latest = CASE WHEN excluded.latest > threads.latest THEN excluded.latest ELSE threads.latest END`;
/** The sender of the root takes part too. */
const COUNT_PARTICIPANTS = `
  INSERT INTO thread_participants (room_nid, root_id, user_id, reply_count, latest)
  SELECT t.room_nid, t.root_id, CAST($3 AS TEXT), 1, CAST($4 AS BIGINT)
  FROM threads t WHERE t.room_nid = $1 AND t.root_id = $2
  UNION ALL
  SELECT e.room_nid, e.event_id, e.sender, 0, 0
  FROM events e WHERE e.event_id = $2 AND e.room_nid = $1 AND e.sender <> $3
  ON CONFLICT (room_nid, root_id, user_id) DO UPDATE SET
    reply_count = thread_participants.reply_count + excluded.reply_count,
    latest = CASE WHEN excluded.latest > thread_participants.latest
                  THEN excluded.latest ELSE thread_participants.latest END`;

const REPLIES = "FROM relations r WHERE r.room_nid = $1 AND r.parent_id = $2 AND r.rel_type = 'm.thread'";
const RECOUNT = `
  UPDATE threads SET reply_count = (SELECT COUNT(*) ${REPLIES}), latest = (SELECT COALESCE(MAX(r.ordering), 0) ${REPLIES})
  WHERE room_nid = $1 AND root_id = $2`;
const RECOUNT_PARTICIPANT = `
  UPDATE thread_participants SET
    reply_count = (SELECT COUNT(*) ${REPLIES} AND r.sender = $3),
    latest = (SELECT COALESCE(MAX(r.ordering), 0) ${REPLIES} AND r.sender = $3)
  WHERE room_nid = $1 AND root_id = $2 AND user_id = $3`;
const DROP_EMPTY = "DELETE FROM threads WHERE room_nid = $1 AND root_id = $2 AND reply_count = 0";
const DROP_IDLE = `
  DELETE FROM thread_participants
  WHERE room_nid = $1 AND root_id = $2 AND user_id = $3 AND reply_count = 0
    AND NOT EXISTS (SELECT 1 FROM events e WHERE e.event_id = $2 AND e.room_nid = $1 AND e.sender = $3)`;
const DROP = "DELETE FROM threads WHERE room_nid = $1 AND root_id = $2";

const LIST = `
  SELECT root_id AS "rootId", latest FROM threads
  WHERE room_nid = $1 AND latest < $2 ORDER BY latest DESC LIMIT $3`;
const LIST_OF_USER = `
  SELECT t.root_id AS "rootId", t.latest
  FROM thread_participants p JOIN threads t ON t.room_nid = p.room_nid AND t.root_id = p.root_id
  WHERE p.room_nid = $1 AND p.user_id = $4 AND t.latest < $2 ORDER BY t.latest DESC LIMIT $3`;

/** Counts a new reply, at the same cost in a thread of any length. Called after the reply's relation is written. */
export function countReply(tx: Tx, { roomNid, rootId, sender, ordering }: Reply): void {
  tx.run(COUNT_REPLY, [roomNid, rootId, ordering]);
  tx.run(COUNT_PARTICIPANTS, [roomNid, rootId, sender, ordering]);
}

/** Counts a thread anew after a reply of `sender` was redacted: after the reply's relation is deleted. */
export function recountReplies(tx: Tx, { roomNid, rootId, sender }: Omit<Reply, "ordering">): void {
  const ofThread = [roomNid, rootId];
  const ofSender = [roomNid, rootId, sender];
  tx.run(RECOUNT, ofThread);
  tx.run(DROP_EMPTY, ofThread);
  tx.run(RECOUNT_PARTICIPANT, ofSender);
  tx.run(DROP_IDLE, ofSender);
}

/** Ends what looked like a thread while its root was not there. */
export function dropThread(tx: Tx, roomNid: number, rootId: string): void {
  tx.run(DROP, [roomNid, rootId]);
}

/** Threads by their latest reply, the latest first. */
export async function listThreads(sql: Sql, wanted: ThreadsWanted): Promise<ListedThread[]> {
  const { roomNid, before, participant, limit } = wanted;
  const params = [roomNid, before, limit];
  return participant === undefined
    ? await sql.all<ListedThread & Row>(LIST, params)
    : await sql.all<ListedThread & Row>(LIST_OF_USER, [...params, participant]);
}
