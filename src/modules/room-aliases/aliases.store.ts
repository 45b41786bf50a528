import type { Row, Sql } from "../../store/sql.ts";
import type { Tx } from "../../engine/partitions/tx.ts";

export interface AliasRecord {
  readonly alias: string;
  readonly roomId: string;
  /** Who made it. */
  readonly creator: string;
}

type AliasRow = AliasRecord & Row;

const BY_ALIAS = `SELECT alias, room_id AS "roomId", creator FROM room_aliases WHERE alias = $1`;
const OF_ROOM = `SELECT alias, room_id AS "roomId", creator FROM room_aliases WHERE room_id = $1 ORDER BY alias`;
export const INSERT_OR_FAIL = "INSERT INTO room_aliases (alias, room_id, creator) VALUES ($1, $2, $3)";
const INSERT = `${INSERT_OR_FAIL} ON CONFLICT (alias) DO NOTHING`;
const MOVE_ALL = "UPDATE room_aliases SET room_id = $2 WHERE room_id = $1";
const DELETE = "DELETE FROM room_aliases WHERE alias = $1";

export const aliasesStore = (sql: Sql) => ({
  async byAlias(alias: string): Promise<AliasRecord | undefined> {
    return await sql.get<AliasRow>(BY_ALIAS, [alias]);
  },

  async ofRoom(roomId: string): Promise<AliasRecord[]> {
    return await sql.all<AliasRow>(OF_ROOM, [roomId]);
  },
});

export type AliasesStore = ReturnType<typeof aliasesStore>;

/** Writes an alias unless it is taken: `changes` of the result tells. */
export const insertAlias = (tx: Tx, { alias, roomId, creator }: AliasRecord) =>
  tx.query(INSERT, [alias, roomId, creator]);

export const deleteAlias = (tx: Tx, alias: string): void => tx.run(DELETE, [alias]);

export const moveAliases = (tx: Tx, fromRoom: string, toRoom: string): void => tx.run(MOVE_ALL, [fromRoom, toRoom]);
