import { inList } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** What a user is to a room now. */
export interface RoomMember extends Row {
  readonly roomNid: number;
  readonly userId: string;
  readonly membership: string;
  /** Of the membership event. */
  readonly position: number;
}

const COLUMNS = `room_nid AS "roomNid", user_id AS "userId", membership, position`;

/** All that a user is or was to rooms. */
export async function readRoomsOf(sql: Sql, userId: string): Promise<RoomMember[]> {
  return await sql.all<RoomMember>(`SELECT ${COLUMNS} FROM memberships WHERE user_id = $1`, [userId]);
}

/** Whose membership in these rooms changed after a position. */
export async function readMovedSince(sql: Sql, roomNids: readonly number[], position: number): Promise<RoomMember[]> {
  const text = `
    SELECT ${COLUMNS} FROM memberships WHERE ${inList(sql.dialect, "room_nid", "$1", "number")}
      AND membership IN ('join', 'invite', 'knock', 'leave', 'ban') AND position > $2`;
  return await sql.all<RoomMember>(text, [JSON.stringify(roomNids), position]);
}

/**
 * The membership events that stood at a position, in place of later ones (by their positions): each is followed back over
 * the events that it replaced. Those that replaced none by then are left out.
 */
export async function readMembershipsBefore(
  sql: Sql,
  eventPositions: readonly number[],
  position: number,
): Promise<{ start: number; json: string }[]> {
  const text = `
    WITH RECURSIVE chain (start, position, replaces) AS (
      SELECT position, position, replaces FROM events WHERE ${inList(sql.dialect, "position", "$1", "number")}
      UNION ALL
      SELECT c.start, e.position, e.replaces FROM chain c JOIN events e ON e.position = c.replaces WHERE c.position > $2
    )
    SELECT c.start, (SELECT json FROM events WHERE position = c.position) AS json FROM chain c WHERE c.position <= $2`;
  return await sql.all<{ start: number; json: string }>(text, [JSON.stringify(eventPositions), position]);
}

/** What the users are to these rooms now: joined to them, or moved after a position. */
export async function readMembersOf(
  sql: Sql,
  userIds: readonly string[],
  { roomNids, position }: { readonly roomNids: readonly number[]; readonly position: number },
): Promise<RoomMember[]> {
  // The sign keeps SQLite from reading all members of the rooms: it is to look at the rooms of the users.
  const text = `
    SELECT ${COLUMNS} FROM memberships
    WHERE ${inList(sql.dialect, "user_id", "$1")} AND ${inList(sql.dialect, "+room_nid", "$2", "number")}
      AND (membership = 'join' OR position > $3)`;
  return await sql.all<RoomMember>(text, [JSON.stringify(userIds), JSON.stringify(roomNids), position]);
}
