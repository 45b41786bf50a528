import type { Tx } from "../../engine/partitions/tx.ts";
import { inList } from "../../store/dialect.ts";
import type { Sql } from "../../store/sql.ts";

const READ = `SELECT status_msg AS "statusMsg" FROM presence_status WHERE user_id = $1`;
const UPSERT = `
  INSERT INTO presence_status (user_id, status_msg) VALUES ($1, $2)
  ON CONFLICT (user_id) DO UPDATE SET status_msg = excluded.status_msg`;
const DELETE = "DELETE FROM presence_status WHERE user_id = $1";

/** The last status message of a user. */
export async function readStatusMsg(sql: Sql, userId: string): Promise<string | undefined> {
  const row = await sql.get<{ statusMsg: string }>(READ, [userId]);
  return row && String(JSON.parse(row.statusMsg));
}

/** `undefined`: the user has none any more. Kept as JSON, in which every character can be stored. */
export function writeStatusMsg(tx: Tx, userId: string, statusMsg: string | undefined): void {
  if (statusMsg === undefined) tx.run(DELETE, [userId]);
  else tx.run(UPSERT, [userId, JSON.stringify(statusMsg)]);
}

/** Some of those who are joined to rooms; who is in several may be there more than once. `limit` at most. */
export async function someMembers(sql: Sql, roomNids: readonly number[], limit: number): Promise<string[]> {
  const text = `
    SELECT user_id AS "userId" FROM memberships
    WHERE membership = 'join' AND ${inList(sql.dialect, "room_nid", "$1", "number")} LIMIT $2`;
  const rows = await sql.all<{ userId: string }>(text, [JSON.stringify(roomNids), limit]);
  return rows.map((row) => row.userId);
}

/** Those of a list who are joined to a room that the user is joined to. */
export async function whoShareRooms(sql: Sql, userId: string, others: readonly string[]): Promise<Set<string>> {
  const text = `
    SELECT DISTINCT b.user_id AS "userId" FROM memberships a JOIN memberships b ON a.room_nid = b.room_nid
    WHERE a.user_id = $1 AND a.membership = 'join' AND b.membership = 'join'
      AND ${inList(sql.dialect, "b.user_id", "$2")}`;
  const rows = await sql.all<{ userId: string }>(text, [userId, JSON.stringify(others)]);
  return new Set(rows.map((row) => row.userId));
}
