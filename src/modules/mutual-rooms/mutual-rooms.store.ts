import type { Row, Sql } from "../../store/sql.ts";

interface MutualRow extends Row {
  readonly nid: number;
  readonly roomId: string;
}

const SHARED = `
  FROM memberships a JOIN memberships b ON b.room_nid = a.room_nid JOIN rooms r ON r.room_nid = a.room_nid
  WHERE a.user_id = $1 AND b.user_id = $2 AND a.membership = 'join' AND b.membership = 'join'`;
const PAGE = `
  SELECT a.room_nid AS nid, r.room_id AS "roomId" ${SHARED} AND a.room_nid > $3 ORDER BY a.room_nid LIMIT $4`;
const COUNT = `SELECT count(*) AS count ${SHARED}`;

/** The rooms to which two users are joined. */
export const mutualRoomsStore = (sql: Sql) => ({
  /** A page of them, in the order of their numbers. */
  async page(users: readonly [string, string], after: number, limit: number): Promise<readonly MutualRow[]> {
    return await sql.all<MutualRow>(PAGE, [...users, after, limit]);
  },

  async count(users: readonly [string, string]): Promise<number> {
    return (await sql.get<{ count: number }>(COUNT, [...users]))?.count ?? 0;
  },
});
