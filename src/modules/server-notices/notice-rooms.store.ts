import type { Tx } from "../../engine/partitions/tx.ts";
import type { Sql } from "../../store/sql.ts";

const OF_USER = `SELECT room_id AS "roomId" FROM server_notice_rooms WHERE user_id = $1`;
const INSERT = "INSERT INTO server_notice_rooms (user_id, room_id) VALUES ($1, $2)";

/** The room in which a user gets notices; `undefined` while there was none. */
export async function readNoticeRoom(sql: Sql, userId: string): Promise<string | undefined> {
  return (await sql.get<{ roomId: string }>(OF_USER, [userId]))?.roomId;
}

/** The transaction fails when the user has a room already. */
export const insertNoticeRoom = (tx: Tx, userId: string, roomId: string): void => tx.run(INSERT, [userId, roomId]);
