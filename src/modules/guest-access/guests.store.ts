import type { Tx } from "../../engine/partitions/tx.ts";
import { inList } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A room that guests have to leave, since the event at this position. */
export interface Eviction extends Row {
  readonly roomId: string;
  readonly position: number;
}

const NOTE = `
  INSERT INTO guest_evictions (room_id, position) VALUES ($1, $2)
  ON CONFLICT (room_id) DO UPDATE SET position = excluded.position`;
const END = "DELETE FROM guest_evictions WHERE room_id = $1 AND position = $2";
const AFTER = `
  SELECT room_id AS "roomId", position FROM guest_evictions WHERE position > $1 ORDER BY position LIMIT $2`;
const GUESTS = `SELECT user_id AS "userId" FROM users WHERE is_guest = 1 AND `;

export const guestsStore = (sql: Sql) => ({
  /** Evictions that are not done, in the order in which they came. */
  async evictionsAfter(position: number, limit: number): Promise<Eviction[]> {
    return await sql.all<Eviction>(AFTER, [position, limit]);
  },

  /** Those of the users who are guests of this server. */
  async guestsAmong(userIds: readonly string[]): Promise<string[]> {
    const text = `${GUESTS}${inList(sql.dialect, "user_id", "$1")}`;
    return (await sql.all<{ userId: string }>(text, [JSON.stringify(userIds)])).map(({ userId }) => userId);
  },
});

/** Notes that guests have to leave a room. */
export const noteEviction = (tx: Tx, roomId: string, position: number): void => tx.run(NOTE, [roomId, position]);

/** Forgets an eviction, unless guests were forbidden once more meanwhile. */
export const endEviction = (tx: Tx, { roomId, position }: Eviction): void => tx.run(END, [roomId, position]);
