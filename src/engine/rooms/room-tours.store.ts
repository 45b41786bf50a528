import type { Row, Sql } from "../../store/sql.ts";
import type { QueryResult, Tx } from "../partitions/tx.ts";

/** Names a tour: there is one of a kind for a user. */
export interface TourKey {
  readonly kind: string;
  readonly userId: string;
}

/** A tour as it is stored. */
export interface StoredTour extends TourKey {
  readonly run: string;
  readonly detail: string;
  readonly reached: number;
}

/** A room on the way. */
export interface TourStop {
  readonly roomId: string;
  readonly roomNid: number;
}

const ONE = `
  SELECT kind, user_id AS "userId", run, detail, reached FROM room_tours WHERE kind = $1 AND user_id = $2`;
const PENDING = `SELECT user_id AS "userId" FROM room_tours WHERE kind = $1 AND user_id > $2 ORDER BY user_id LIMIT $3`;
const STOPS = `
  SELECT r.room_id AS "roomId", m.room_nid AS "roomNid" FROM memberships m JOIN rooms r ON r.room_nid = m.room_nid
  WHERE m.user_id = $1 AND m.room_nid > $2 ORDER BY m.room_nid LIMIT $3`;
const BEGIN = `
  INSERT INTO room_tours (kind, user_id, run, detail, reached) VALUES ($1, $2, $3, $4, 0)
  ON CONFLICT (kind, user_id) DO UPDATE SET run = excluded.run, detail = excluded.detail, reached = 0`;
const REACHED = "UPDATE room_tours SET reached = $4 WHERE kind = $1 AND user_id = $2 AND run = $3";
const END = "DELETE FROM room_tours WHERE kind = $1 AND user_id = $2 AND run = $3";

export async function readTour(sql: Sql, { kind, userId }: TourKey): Promise<StoredTour | undefined> {
  return await sql.get<StoredTour & Row>(ONE, [kind, userId]);
}

/** Users with a tour of a kind, in the order of their IDs, after the one given. */
export async function listTours(sql: Sql, kind: string, after: string, limit: number): Promise<string[]> {
  const rows = await sql.all<Row & { readonly userId: string }>(PENDING, [kind, after, limit]);
  return rows.map(({ userId }) => userId);
}

/** The next rooms that the user has or had to do with. */
export async function nextStops(sql: Sql, userId: string, after: number, limit: number): Promise<TourStop[]> {
  return await sql.all<TourStop & Row>(STOPS, [userId, after, limit]);
}

/** Begins a tour from its first room, in the place of one that is under way. */
export function beginTour(tx: Tx, { kind, userId, run, detail }: Omit<StoredTour, "reached">): void {
  tx.run(BEGIN, [kind, userId, run, detail]);
}

/** Changes nothing when the tour was begun anew meanwhile. */
export function writeReached(tx: Tx, { kind, userId, run }: StoredTour, reached: number): QueryResult<Row> {
  return tx.query(REACHED, [kind, userId, run, reached]);
}

/** Changes nothing when the tour was begun anew meanwhile. */
export function endTour(tx: Tx, { kind, userId, run }: StoredTour): QueryResult<Row> {
  return tx.query(END, [kind, userId, run]);
}
