import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A backup of a user's room keys, without the keys. */
export interface Backup extends Row {
  readonly version: number;
  readonly algorithm: string;
  /** JSON text. */
  readonly authData: string;
  readonly keyCount: number;
  /** Another one whenever the keys are others. */
  readonly etag: number;
}

const SELECT = `
  SELECT version, algorithm, auth_data AS "authData", key_count AS "keyCount", etag FROM key_backups WHERE user_id = $1`;
const CURRENT = `${SELECT} ORDER BY version DESC LIMIT 1`;
const ONE = `${SELECT} AND version = $2`;
const LAST_VERSION = `SELECT last_version AS "lastVersion" FROM key_backup_versions WHERE user_id = $1`;

const NEXT_VERSION = `
  INSERT INTO key_backup_versions (user_id, last_version)
  SELECT user_id, 1 FROM users WHERE user_id = $1 AND deactivated = 0
  ON CONFLICT (user_id) DO UPDATE SET last_version = key_backup_versions.last_version + 1`;
const INSERT = `
  INSERT INTO key_backups (user_id, version, algorithm, auth_data, key_count, etag)
  SELECT user_id, last_version, CAST($2 AS TEXT), CAST($3 AS TEXT), 0, 0 FROM key_backup_versions
  WHERE user_id = $1 AND (SELECT count(*) FROM key_backups WHERE user_id = $1) < $4
  RETURNING version`;
const UPDATE_AUTH_DATA = "UPDATE key_backups SET auth_data = $3 WHERE user_id = $1 AND version = $2";
const DELETE = "DELETE FROM key_backups WHERE user_id = $1 AND version = $2";
const DELETE_KEYS = "DELETE FROM key_backup_keys WHERE user_id = $1 AND version = $2";

const DELETE_ALL = [
  "DELETE FROM key_backup_keys WHERE user_id = $1",
  "DELETE FROM key_backups WHERE user_id = $1",
  "DELETE FROM key_backup_versions WHERE user_id = $1",
];

/** The last one made, of those that are there. */
export async function readCurrentBackup(sql: Sql, userId: string): Promise<Backup | undefined> {
  return await sql.get<Backup>(CURRENT, [userId]);
}

export async function readBackup(sql: Sql, userId: string, version: number): Promise<Backup | undefined> {
  return await sql.get<Backup>(ONE, [userId, version]);
}

/** The last version that was ever given; 0: none. */
export async function readLastVersion(sql: Sql, userId: string): Promise<number> {
  return (await sql.get<{ lastVersion: number }>(LAST_VERSION, [userId]))?.lastVersion ?? 0;
}

/** What a backup begins with. */
export interface NewBackup {
  readonly userId: string;
  readonly algorithm: string;
  readonly authData: string;
}

/** Makes a backup under the next version; without a row when the user has `limit` of them already. */
export function insertBackup(
  tx: Tx,
  { userId, algorithm, authData }: NewBackup,
  limit: number,
): QueryResult<{ version: number }> {
  tx.run(NEXT_VERSION, [userId]);
  return tx.query<{ version: number }>(INSERT, [userId, algorithm, authData, limit]);
}

export function updateAuthData(tx: Tx, userId: string, version: number, authData: string): QueryResult<Row> {
  return tx.query(UPDATE_AUTH_DATA, [userId, version, authData]);
}

/** Deletes a backup with its keys. */
export function deleteBackup(tx: Tx, userId: string, version: number): QueryResult<Row> {
  tx.run(DELETE_KEYS, [userId, version]);
  return tx.query(DELETE, [userId, version]);
}

export function deleteAllBackups(tx: Tx, userId: string): void {
  for (const text of DELETE_ALL) tx.run(text, [userId]);
}
