import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import { inList } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** `m.read.private` is for its owner's eyes only. */
export type ReceiptType = "m.read" | "m.read.private";

/** That a user has read up to an event. There is one of each user, room, type and thread. */
export interface Receipt {
  readonly userId: string;
  readonly roomId: string;
  readonly type: ReceiptType;
  /** `''` when it regards no threads, `main`, or the event ID of the thread's root. */
  readonly threadId: string;
  readonly eventId: string;
  /** When the receipt came, in milliseconds since the epoch. */
  readonly ts: number;
}

/** What a receipt stands at beside what others are told. */
export interface ReceiptPlace {
  readonly roomNid: number;
  /** Place of the event in the room's timeline: `StoredEvent.ordering`. */
  readonly ordering: number;
  /** Of the change, in the log. */
  readonly position: number;
}

/** How far a user has read in one thread of a room. */
export interface ThreadMark {
  readonly roomId: string;
  readonly threadId: string;
  readonly ordering: number;
}

/** Which receipts are read. */
interface Wanted {
  /** Whose private receipts are wanted too. */
  readonly userId: string;
  readonly roomIds: readonly string[];
  /** Those that changed after this position. */
  readonly after: number;
  /** At most so many public ones of a room, the newest. */
  readonly perRoom: number;
  /** At most so many of the user's own, the newest. */
  readonly own: number;
}

const UPSERT = `
  INSERT INTO receipts (user_id, room_nid, receipt_type, thread_id, event_id, ordering, ts, position)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (user_id, room_nid, receipt_type, thread_id) DO UPDATE
  SET event_id = excluded.event_id, ordering = excluded.ordering, ts = excluded.ts, position = excluded.position
  WHERE excluded.ordering > receipts.ordering`;
const DELETE_ALL = "DELETE FROM receipts WHERE user_id = $1";

const COLUMNS = `c.user_id AS "userId", g.room_id AS "roomId", c.receipt_type AS type, c.thread_id AS "threadId",
  c.event_id AS "eventId", c.ts, c.position`;

// The position after which the newest of a room lie is found first: the index then gives those and no others.
const changed = (dialect: Sql["dialect"]): string => `
  WITH wanted AS MATERIALIZED (
    SELECT r.room_nid, r.room_id, COALESCE((
      SELECT b.position FROM receipts b WHERE b.room_nid = r.room_nid AND b.receipt_type = 'm.read' AND b.position > $2
      ORDER BY b.position DESC LIMIT 1 OFFSET $3), $2) AS beginning
    FROM rooms r WHERE ${inList(dialect, "r.room_id", "$1")}
  )
  SELECT ${COLUMNS} FROM wanted g JOIN receipts c ON c.room_nid = g.room_nid
  WHERE c.receipt_type = 'm.read' AND c.position > g.beginning
  UNION
  SELECT * FROM (
    SELECT ${COLUMNS} FROM receipts c JOIN wanted g ON g.room_nid = c.room_nid
    WHERE c.user_id = $4 AND c.position > $2 ORDER BY c.position DESC LIMIT $5
  ) AS own
  ORDER BY position`;

const marks = (dialect: Sql["dialect"]): string => `
  SELECT r.room_id AS "roomId", c.thread_id AS "threadId", MAX(c.ordering) AS ordering
  FROM rooms r JOIN receipts c ON c.room_nid = r.room_nid
  WHERE ${inList(dialect, "r.room_id", "$1")} AND c.user_id = $2
  GROUP BY r.room_id, c.thread_id`;

/** Moves a receipt forward. Changes nothing where it stands at this event, or a later one, already. */
export function moveReceipt(tx: Tx, receipt: Receipt, { roomNid, ordering, position }: ReceiptPlace): QueryResult<Row> {
  const { userId, type, threadId, eventId, ts } = receipt;
  return tx.query(UPSERT, [userId, roomNid, type, threadId, eventId, ordering, ts, position]);
}

/** Deletes all receipts of a user. */
export function deleteReceipts(tx: Tx, userId: string): void {
  tx.run(DELETE_ALL, [userId]);
}

/** Receipts that a user may see, the one that changed last at the end. */
export async function listChanged(sql: Sql, { userId, roomIds, after, perRoom, own }: Wanted): Promise<Receipt[]> {
  const params = [JSON.stringify(roomIds), after, perRoom, userId, own];
  return await sql.all<Receipt & Row>(changed(sql.dialect), params);
}

/** The furthest receipt of a user, public or private, for each room and thread that has one. */
export async function listMarks(sql: Sql, userId: string, roomIds: readonly string[]): Promise<ThreadMark[]> {
  return await sql.all<ThreadMark & Row>(marks(sql.dialect), [JSON.stringify(roomIds), userId]);
}
