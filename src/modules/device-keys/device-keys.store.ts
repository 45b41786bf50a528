import type { Tx } from "../../engine/partitions/tx.ts";
import { inList } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** The keys of a device, as they were uploaded. */
export interface StoredDeviceKeys extends Row {
  readonly userId: string;
  readonly deviceId: string;
  /** Canonical JSON text. */
  readonly json: string;
  /** What the user calls the device. */
  readonly displayName: string | null;
}

const ONE = "SELECT json FROM device_keys WHERE user_id = $1 AND device_id = $2";

// Whether the device is still there is known at the moment of writing only.
const UPSERT = `
  INSERT INTO device_keys (user_id, device_id, json)
  SELECT user_id, device_id, CAST($3 AS TEXT) FROM devices WHERE user_id = $1 AND device_id = $2
  ON CONFLICT (user_id, device_id) DO UPDATE SET json = excluded.json`;
const DELETE = "DELETE FROM device_keys WHERE user_id = $1 AND device_id = $2";

/** Canonical JSON text of a device's keys. */
export async function readDeviceKeys(sql: Sql, userId: string, deviceId: string): Promise<string | undefined> {
  return (await sql.get<{ json: string }>(ONE, [userId, deviceId]))?.json;
}

/** The keys of all devices of users. */
export async function readDeviceKeysOf(sql: Sql, userIds: readonly string[]): Promise<StoredDeviceKeys[]> {
  const text = `
    SELECT k.user_id AS "userId", k.device_id AS "deviceId", k.json, d.display_name AS "displayName"
    FROM device_keys k JOIN devices d ON d.user_id = k.user_id AND d.device_id = k.device_id
    WHERE ${inList(sql.dialect, "k.user_id", "$1")}`;
  return await sql.all<StoredDeviceKeys>(text, [JSON.stringify(userIds)]);
}

/** Which of the users have an account. */
export async function readExisting(sql: Sql, userIds: readonly string[]): Promise<string[]> {
  const text = `SELECT user_id AS "userId" FROM users WHERE ${inList(sql.dialect, "user_id", "$1")}`;
  return (await sql.all<{ userId: string }>(text, [JSON.stringify(userIds)])).map((row) => row.userId);
}

/** Changes nothing when there is no such device. */
export function writeDeviceKeys(tx: Tx, userId: string, deviceId: string, json: string): void {
  tx.run(UPSERT, [userId, deviceId, json]);
}

export function deleteDeviceKeys(tx: Tx, userId: string, deviceId: string): void {
  tx.run(DELETE, [userId, deviceId]);
}
