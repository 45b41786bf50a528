import type { Tx } from "../../engine/partitions/tx.ts";
import type { Sql } from "../../store/sql.ts";

const UPSERT = `
  INSERT INTO device_list_changes (user_id, recipient, position) VALUES ($1, $2, $3)
  ON CONFLICT (user_id, recipient) DO UPDATE SET position = excluded.position`;

// Without DISTINCT, for which SQLite would read all of the table in the order of users.
const CHANGED_SINCE = `
  SELECT c.user_id AS "userId" FROM device_list_changes c
  WHERE c.position > $2 AND (c.recipient = $1 OR (c.recipient = '' AND (c.user_id = $1 OR EXISTS (
    SELECT 1 FROM memberships a JOIN memberships b ON b.room_nid = a.room_nid
    WHERE a.user_id = $1 AND a.membership = 'join' AND b.user_id = c.user_id AND b.membership = 'join'))))`;

const JOINED_ROOMS = `
  SELECT r.room_id AS "roomId" FROM memberships m JOIN rooms r ON r.room_nid = m.room_nid
  WHERE m.user_id = $1 AND m.membership = 'join'`;

/** Notes that a user's device list changed, for `recipient` alone or for all who share a room (`undefined`). */
export function writeChange(tx: Tx, userId: string, recipient: string | undefined, position: number): void {
  tx.run(UPSERT, [userId, recipient ?? "", position]);
}

/** Whose device lists changed after `position`, of those whom the user is to be told of. */
export async function readChangedSince(sql: Sql, userId: string, position: number): Promise<string[]> {
  const rows = await sql.all<{ userId: string }>(CHANGED_SINCE, [userId, position]);
  return [...new Set(rows.map((row) => row.userId))];
}

/** IDs of the rooms that a user is joined to. */
export async function readJoinedRooms(sql: Sql, userId: string): Promise<Set<string>> {
  const rows = await sql.all<{ roomId: string }>(JOINED_ROOMS, [userId]);
  return new Set(rows.map((row) => row.roomId));
}
