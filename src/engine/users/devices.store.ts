import type { Row, Sql } from "../../store/sql.ts";
import type { QueryResult, Tx } from "../partitions/tx.ts";

/** A device of an account. */
export interface Device {
  readonly deviceId: string;
  readonly displayName: string | null;
  /** 0 when it was never used. */
  readonly lastSeenAt: number;
  readonly lastSeenAddress: string;
  readonly lastSeenUserAgent: string;
}

/** When and from where a device was used. */
export interface Sighting {
  readonly userId: string;
  readonly deviceId: string;
  readonly seenAt: number;
  readonly address: string;
  readonly userAgent: string;
}

type DeviceRow = Device & Row;

const COLUMNS = `device_id AS "deviceId", display_name AS "displayName", last_seen_at AS "lastSeenAt",
  last_seen_address AS "lastSeenAddress", last_seen_user_agent AS "lastSeenUserAgent"`;
const LIST = `SELECT ${COLUMNS} FROM devices WHERE user_id = $1 ORDER BY device_id`;
const ONE = `SELECT ${COLUMNS} FROM devices WHERE user_id = $1 AND device_id = $2`;

const INSERT = `
  INSERT INTO devices
    (user_id, device_id, display_name, created_at, last_seen_at, last_seen_address, last_seen_user_agent)
  SELECT user_id, $2, $3, CAST($4 AS BIGINT), 0, '', '' FROM users WHERE user_id = $1 AND deactivated = 0
  ON CONFLICT (user_id, device_id) DO NOTHING`;
const RENAME = "UPDATE devices SET display_name = $3 WHERE user_id = $1 AND device_id = $2";
const DELETE = "DELETE FROM devices WHERE user_id = $1 AND device_id = $2";
const SEEN = `
  UPDATE devices SET last_seen_at = $3, last_seen_address = $4, last_seen_user_agent = $5
  WHERE user_id = $1 AND device_id = $2 AND last_seen_at < $3`;

export async function listDevices(sql: Sql, userId: string): Promise<Device[]> {
  return await sql.all<DeviceRow>(LIST, [userId]);
}

export async function readDevice(sql: Sql, userId: string, deviceId: string): Promise<Device | undefined> {
  return await sql.get<DeviceRow>(ONE, [userId, deviceId]);
}

/** A device to be made. */
export interface NewDevice {
  readonly userId: string;
  readonly deviceId: string;
  readonly displayName: string | undefined;
  readonly createdAt: number;
}

/** Changes nothing when the device exists, or when the account is not active. */
export function insertDevice(tx: Tx, { userId, deviceId, displayName, createdAt }: NewDevice): void {
  tx.run(INSERT, [userId, deviceId, displayName ?? null, createdAt]);
}

export function renameDevice(tx: Tx, userId: string, deviceId: string, displayName: string | null): QueryResult<Row> {
  return tx.query(RENAME, [userId, deviceId, displayName]);
}

export function deleteDevice(tx: Tx, userId: string, deviceId: string): void {
  tx.run(DELETE, [userId, deviceId]);
}

export function updateSeen(tx: Tx, { userId, deviceId, seenAt, address, userAgent }: Sighting): void {
  tx.run(SEEN, [userId, deviceId, seenAt, address, userAgent]);
}
