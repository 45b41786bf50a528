import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

const UPSERT = `
  INSERT INTO device_list_changes (user_id, recipient, position) VALUES ($1, $2, $3)
  ON CONFLICT (user_id, recipient) DO UPDATE SET position = excluded.position`;

// Whoever moved since may have shared a room in between. Without DISTINCT, for which SQLite would read all of the table in
// the order of users.
const CHANGED_SINCE = `
  SELECT c.user_id AS "userId", CASE WHEN c.recipient = $1 OR c.user_id = $1 THEN 1 ELSE 0 END AS "isOwn"
  FROM device_list_changes c
  WHERE c.position > $2 AND (c.recipient = $1 OR (c.recipient = '' AND (c.user_id = $1 OR EXISTS (
    SELECT 1 FROM memberships a JOIN memberships b ON b.room_nid = a.room_nid
    WHERE a.user_id = $1 AND (a.membership = 'join' OR a.position > $2)
      AND b.user_id = c.user_id AND (b.membership = 'join' OR b.position > $2)))))`;

const ROOMS = `
  SELECT r.room_id AS "roomId", m.position FROM memberships m JOIN rooms r ON r.room_nid = m.room_nid
  WHERE m.user_id = $1 AND (m.membership = 'join' OR m.position > $2)`;

/** Whose device list changed. */
export interface ChangedList extends Row {
  readonly userId: string;
  /** 1 when the user is told of it whatever rooms are shared: it is the user's own, or for that user alone. */
  readonly isOwn: number;
}

/** Notes that a user's device list changed, for `recipient` alone or for all who share a room (`undefined`). */
export function writeChange(tx: Tx, userId: string, recipient: string | undefined, position: number): void {
  tx.run(UPSERT, [userId, recipient ?? "", position]);
}

/**
 * Whose device lists changed after `position`, of those whom the user is to be told of if a room is shared: one is now, or
 * the user or the other has moved since.
 */
export async function readChangedSince(sql: Sql, userId: string, position: number): Promise<ChangedList[]> {
  return await sql.all<ChangedList>(CHANGED_SINCE, [userId, position]);
}

/** Rooms that a user is joined to, and those in which the membership changed after `position`. */
export async function readRoomsSince(
  sql: Sql,
  userId: string,
  position: number,
): Promise<{ roomId: string; position: number }[]> {
  return await sql.all(ROOMS, [userId, position]);
}
