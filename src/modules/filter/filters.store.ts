import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

interface IdRow extends Row {
  readonly filterId: number;
}

interface JsonRow extends Row {
  readonly json: string;
}

/** For one user. Clients need a handful; since equal ones are one, only a fault or malice comes here. */
const maximumFilters = 10_000;

const ID_BY_HASH = `SELECT filter_id AS "filterId" FROM filters WHERE user_id = $1 AND json_hash = $2`;
const BY_ID = "SELECT json FROM filters WHERE user_id = $1 AND filter_id = $2";
const INSERT = `
  INSERT INTO filters (user_id, filter_id, json_hash, json)
  SELECT $1, COALESCE(MAX(filter_id), -1) + 1, $2, $3 FROM filters WHERE user_id = $1
  HAVING COUNT(*) < ${maximumFilters}
  ON CONFLICT (user_id, json_hash) DO NOTHING`;

/** @returns `undefined` when the user has stored no such filter. */
export async function readFilterId(sql: Sql, userId: string, jsonHash: string): Promise<number | undefined> {
  return (await sql.get<IdRow>(ID_BY_HASH, [userId, jsonHash]))?.filterId;
}

/** The filter's JSON text. */
export async function readFilter(sql: Sql, userId: string, filterId: number): Promise<string | undefined> {
  return (await sql.get<JsonRow>(BY_ID, [userId, filterId]))?.json;
}

/** Stores a filter under the user's next ID, unless it is there already or the user has too many. */
export function insertFilter(tx: Tx, userId: string, jsonHash: string, json: string): void {
  tx.run(INSERT, [userId, jsonHash, json]);
}
