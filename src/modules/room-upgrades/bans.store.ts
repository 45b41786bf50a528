import type { Sql } from "../../store/sql.ts";

const BANS = `
  SELECT position FROM memberships WHERE room_nid = $1 AND membership = 'ban' ORDER BY position DESC LIMIT $2`;

/** Positions of the events by which users are banned from a room, the latest first. */
export async function listBans(sql: Sql, roomNid: number, limit: number): Promise<number[]> {
  return (await sql.all<{ position: number }>(BANS, [roomNid, limit])).map(({ position }) => position);
}
