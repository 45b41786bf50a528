import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A piece of account data. */
export interface AccountDatum {
  /** `''` for what is not of a room. */
  readonly roomId: string;
  readonly type: string;
  /** JSON text of an object. */
  readonly content: string;
}

interface ContentRow extends Row {
  readonly content: string;
}

type DatumRow = AccountDatum & Row;

const READ = "SELECT content FROM account_data WHERE user_id = $1 AND room_id = $2 AND type = $3";
const COLUMNS = `room_id AS "roomId", type, content`;
const ALL = `SELECT ${COLUMNS} FROM account_data WHERE user_id = $1 ORDER BY position`;
const SINCE = `SELECT ${COLUMNS} FROM account_data WHERE user_id = $1 AND position > $2 ORDER BY position`;
const UPSERT = `
  INSERT INTO account_data (user_id, room_id, type, content, position) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (user_id, room_id, type) DO UPDATE SET content = excluded.content, position = excluded.position`;
const DELETE_ALL = "DELETE FROM account_data WHERE user_id = $1";

/** The content's JSON text. */
export async function readDatum(sql: Sql, userId: string, roomId: string, type: string): Promise<string | undefined> {
  return (await sql.get<ContentRow>(READ, [userId, roomId, type]))?.content;
}

/** Everything of a user, that of rooms included, the latest change last; or what changed after a position. */
export async function listData(sql: Sql, userId: string, after: number | undefined): Promise<AccountDatum[]> {
  return after === undefined ? await sql.all<DatumRow>(ALL, [userId]) : await sql.all<DatumRow>(SINCE, [userId, after]);
}

export function upsertDatum(tx: Tx, userId: string, { roomId, type, content }: AccountDatum, position: number): void {
  tx.run(UPSERT, [userId, roomId, type, content, position]);
}

export function deleteAllData(tx: Tx, userId: string): void {
  tx.run(DELETE_ALL, [userId]);
}
