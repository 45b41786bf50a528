import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import { type Dialect, inList, rowsIn } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A device of a user of this server. */
export interface DeviceName {
  readonly userId: string;
  readonly deviceId: string;
}

/** A one-time key or a fallback key. */
export interface OneTimeKey {
  readonly algorithm: string;
  readonly keyId: string;
  /** Canonical JSON text of the key: a string or an object. */
  readonly json: string;
}

/** A key that was claimed, and whose it was. */
export interface ClaimedKey extends Row {
  readonly userId: string;
  readonly deviceId: string;
  readonly algorithm: string;
  readonly keyId: string;
  readonly json: string;
}

/** One of a device's keys, as the device uploaded it. */
export interface KnownKey extends Row {
  readonly algorithm: string;
  readonly keyId: string;
  readonly json: string;
  /** Position of the claim; 0 = not claimed. */
  readonly claimed: number;
}

/** How many keys wait to be claimed. */
export interface KeyCount extends Row {
  readonly algorithm: string;
  readonly count: number;
}

/** Keys that were claimed and are remembered, for each device: a client never holds as many that it may upload again. */
const REMEMBERED_CLAIMS = 1_000;

const COUNTS = `
  SELECT algorithm, count(*) AS count FROM one_time_keys
  WHERE user_id = $1 AND device_id = $2 AND claimed = 0 GROUP BY algorithm ORDER BY algorithm`;
const FALLBACKS = `SELECT algorithm, used FROM fallback_keys WHERE user_id = $1 AND device_id = $2 ORDER BY algorithm`;

const KEY_COLUMNS = { algorithm: "string", key_id: "string", json: "string" } as const;
const CLAIM_COLUMNS = { w_user: "string", w_device: "string", w_algorithm: "string" } as const;
const OF_DEVICE = "FROM devices d WHERE d.user_id = $1 AND d.device_id = $2";
const CLAIMED_COLUMNS = `user_id AS "userId", device_id AS "deviceId", algorithm, key_id AS "keyId", json`;

const UPSERT_FALLBACK = `
  INSERT INTO fallback_keys (user_id, device_id, algorithm, key_id, used, json)
  SELECT d.user_id, d.device_id, CAST($3 AS TEXT), CAST($4 AS TEXT), 0, CAST($5 AS TEXT) ${OF_DEVICE}
  ON CONFLICT (user_id, device_id, algorithm) DO UPDATE SET
    used = CASE WHEN fallback_keys.key_id = excluded.key_id AND fallback_keys.json = excluded.json
           THEN fallback_keys.used ELSE 0 END,
    key_id = excluded.key_id, json = excluded.json`;

const FORGET_CLAIMED = `
  DELETE FROM one_time_keys WHERE user_id = $1 AND device_id = $2 AND claimed > 0 AND claimed < (
    SELECT claimed FROM one_time_keys WHERE user_id = $1 AND device_id = $2 AND claimed > 0
    ORDER BY claimed DESC LIMIT 1 OFFSET ${REMEMBERED_CLAIMS}
  )`;
const DELETE_ONE_TIME = "DELETE FROM one_time_keys WHERE user_id = $1 AND device_id = $2";
const DELETE_FALLBACK = "DELETE FROM fallback_keys WHERE user_id = $1 AND device_id = $2";

/** How many one-time keys a device has left, by algorithm; algorithms with none are left out. */
export async function readKeyCounts(sql: Sql, { userId, deviceId }: DeviceName): Promise<KeyCount[]> {
  return await sql.all<KeyCount>(COUNTS, [userId, deviceId]);
}

/** For which algorithms a device has a fallback key, and whether it was claimed. */
export async function readFallbacks(
  sql: Sql,
  { userId, deviceId }: DeviceName,
): Promise<{ algorithm: string; used: number }[]> {
  return await sql.all(FALLBACKS, [userId, deviceId]);
}

/** Those of a device's keys, claimed ones as well, that have one of the IDs. */
export async function readKnownKeys(
  sql: Sql,
  { userId, deviceId }: DeviceName,
  keyIds: readonly string[],
): Promise<KnownKey[]> {
  const text = `
    SELECT algorithm, key_id AS "keyId", json, claimed FROM one_time_keys
    WHERE user_id = $1 AND device_id = $2 AND ${inList(sql.dialect, "key_id", "$3")}`;
  return await sql.all<KnownKey>(text, [userId, deviceId, JSON.stringify(keyIds)]);
}

/**
 * Stores one-time keys under the position of their upload; those whose ID is there already stay as they are, except that
 * the ID of a claimed key may be given to another one. Stores nothing when there is no such device. The result's `changes`
 * are how many were stored.
 */
export function insertOneTimeKeys(
  tx: Tx,
  dialect: Dialect,
  {
    device,
    keys,
    position,
  }: { readonly device: DeviceName; readonly keys: readonly OneTimeKey[]; readonly position: number },
): QueryResult<Row> {
  const source = `(${rowsIn(dialect, "$4", KEY_COLUMNS)})`;
  const text = `
    INSERT INTO one_time_keys (user_id, device_id, algorithm, key_id, position, claimed, json)
    SELECT d.user_id, d.device_id, k.algorithm, k.key_id, CAST($3 AS BIGINT), 0, k.json
    FROM devices d CROSS JOIN ${source} k WHERE d.user_id = $1 AND d.device_id = $2
    ON CONFLICT (user_id, device_id, algorithm, key_id) DO UPDATE SET
      position = excluded.position, claimed = 0, json = excluded.json
      WHERE one_time_keys.claimed > 0 AND one_time_keys.json <> excluded.json`;
  const rows = keys.map(({ algorithm, keyId, json }) => [algorithm, keyId, json]);
  const result = tx.query(text, [device.userId, device.deviceId, position, JSON.stringify(rows)]);
  tx.run(FORGET_CLAIMED, [device.userId, device.deviceId]);
  return result;
}

/** Takes the place of the algorithm's key. The same key again stays used. */
export function writeFallbackKey(
  tx: Tx,
  { userId, deviceId }: DeviceName,
  { algorithm, keyId, json }: OneTimeKey,
): void {
  tx.run(UPSERT_FALLBACK, [userId, deviceId, algorithm, keyId, json]);
}

/** What is wanted: a key of this algorithm. */
export interface Wanted extends DeviceName {
  readonly algorithm: string;
}

const isWanted = (table: string): string =>
  `${table}.user_id = w.w_user AND ${table}.device_id = w.w_device AND ${table}.algorithm = w.w_algorithm`;

/**
 * Claims a key for each that is wanted: the one-time key that was uploaded first, or else the fallback key. What was
 * claimed is known when the transaction is durable. Nothing is wanted twice of one device.
 */
export function claimKeys(
  tx: Tx,
  dialect: Dialect,
  { wanted, position }: { readonly wanted: readonly Wanted[]; readonly position: number },
): readonly QueryResult<ClaimedKey>[] {
  const rows = JSON.stringify(wanted.map(({ userId, deviceId, algorithm }) => [userId, deviceId, algorithm]));
  const source = `(${rowsIn(dialect, "$1", CLAIM_COLUMNS)})`;
  const left = `FROM one_time_keys o WHERE ${isWanted("o")} AND o.claimed = 0`;
  // The fallback keys first, while it can be seen which one-time keys are left.
  const fallback = `
    UPDATE fallback_keys SET used = 1 FROM ${source} w
    WHERE ${isWanted("fallback_keys")} AND NOT EXISTS (SELECT 1 ${left}) RETURNING ${CLAIMED_COLUMNS}`;
  const oneTime = `
    UPDATE one_time_keys SET claimed = $2 FROM ${source} w
    WHERE ${isWanted("one_time_keys")}
      AND key_id = (SELECT o.key_id ${left} ORDER BY o.position, o.key_id LIMIT 1) RETURNING ${CLAIMED_COLUMNS}`;
  return [tx.query<ClaimedKey>(fallback, [rows]), tx.query<ClaimedKey>(oneTime, [rows, position])];
}

/** Deletes all one-time and fallback keys of a device. */
export function deleteKeysOf(tx: Tx, { userId, deviceId }: DeviceName): void {
  tx.run(DELETE_ONE_TIME, [userId, deviceId]);
  tx.run(DELETE_FALLBACK, [userId, deviceId]);
}
