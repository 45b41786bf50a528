import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A device of a user of this server. */
export interface DeviceName {
  readonly userId: string;
  readonly deviceId: string;
}

/** A request of a device, told from all others of it by its key. */
export interface Txn {
  readonly from: DeviceName;
  readonly key: string;
  /** What its messages have as their place in the log: one request has at most one message for each device. */
  readonly position: number;
}

/** A message that waits. */
export interface WaitingMessage {
  readonly position: number;
  /** JSON text of the event. */
  readonly json: string;
}

const INSERT_TXN = `
  INSERT INTO to_device_txns (user_id, device_id, txn_key, position, sent_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (user_id, device_id, txn_key) DO NOTHING`;
const DELETE_OLD_TXNS = "DELETE FROM to_device_txns WHERE sent_at < $1";

// Whether the device exists, and whether the request is the first under its key, is known at the moment of writing only.
const INSERT = `
  INSERT INTO to_device_messages (user_id, device_id, position, json)
  SELECT user_id, device_id, CAST($2 AS BIGINT), CAST($3 AS TEXT) FROM devices WHERE user_id = $1
  AND EXISTS (
    SELECT 1 FROM to_device_txns t WHERE t.user_id = $4 AND t.device_id = $5 AND t.txn_key = $6 AND t.position = $2
  )`;
const UNLESS_THERE = "ON CONFLICT (user_id, device_id, position) DO NOTHING";
const INSERT_FOR_ONE = `${INSERT} AND device_id = $7 ${UNLESS_THERE}`;
const INSERT_FOR_ALL = `${INSERT} ${UNLESS_THERE}`;

const WAITING = `
  SELECT position, json FROM to_device_messages
  WHERE user_id = $1 AND device_id = $2 AND position > $3 AND position <= $4 ORDER BY position LIMIT $5`;
const DELETE_UP_TO = "DELETE FROM to_device_messages WHERE user_id = $1 AND device_id = $2 AND position <= $3";
const DELETE_OLDEST = `
  DELETE FROM to_device_messages WHERE user_id = $1 AND device_id = $2 AND position <= (
    SELECT position FROM to_device_messages WHERE user_id = $1 AND device_id = $2
    ORDER BY position DESC LIMIT 1 OFFSET $3
  )`;
const DEVICE_IDS = 'SELECT device_id AS "deviceId" FROM devices WHERE user_id = $1';
const DELETE_MESSAGES = "DELETE FROM to_device_messages WHERE user_id = $1 AND device_id = $2";
const DELETE_TXNS = "DELETE FROM to_device_txns WHERE user_id = $1 AND device_id = $2";

/** Changes nothing when there was such a request before. `sentAt` in milliseconds since the epoch. */
export function insertTxn(tx: Tx, { from, key, position }: Txn, sentAt: number): void {
  tx.run(INSERT_TXN, [from.userId, from.deviceId, key, position, sentAt]);
}

export function deleteTxnsBefore(tx: Tx, time: number): void {
  tx.run(DELETE_OLD_TXNS, [time]);
}

/**
 * Stores a message for a device, or for all of the user's (`undefined`) that have none of this request yet. Stores
 * nothing for devices that do not exist, and nothing when `insertTxn` of the same transaction changed nothing.
 */
export function insertMessage(
  tx: Tx,
  txn: Txn,
  { userId, deviceId, json }: { readonly userId: string; readonly deviceId: string | undefined; readonly json: string },
): void {
  const params = [userId, txn.position, json, txn.from.userId, txn.from.deviceId, txn.key];
  if (deviceId === undefined) tx.run(INSERT_FOR_ALL, params);
  else tx.run(INSERT_FOR_ONE, [...params, deviceId]);
}

/** Messages of a device with `after < position <= until`, in their order. */
export async function readWaiting(
  sql: Sql,
  { userId, deviceId }: DeviceName,
  { after, until, limit }: { readonly after: number; readonly until: number; readonly limit: number },
): Promise<readonly WaitingMessage[]> {
  return await sql.all<WaitingMessage & Row>(WAITING, [userId, deviceId, after, until, limit]);
}

export function deleteMessagesUpTo(tx: Tx, { userId, deviceId }: DeviceName, position: number): void {
  tx.run(DELETE_UP_TO, [userId, deviceId, position]);
}

/** Keeps the last messages of a device, so many of them, and deletes all before those. */
export function deleteOldest(tx: Tx, { userId, deviceId }: DeviceName, kept: number): void {
  tx.run(DELETE_OLDEST, [userId, deviceId, kept]);
}

/** The devices of a user. */
export async function readDeviceIds(sql: Sql, userId: string): Promise<string[]> {
  return (await sql.all<{ deviceId: string }>(DEVICE_IDS, [userId])).map(({ deviceId }) => deviceId);
}

/** Deletes what waits for a device, and what is known of its requests. */
export function deleteAllOf(tx: Tx, { userId, deviceId }: DeviceName): void {
  tx.run(DELETE_MESSAGES, [userId, deviceId]);
  tx.run(DELETE_TXNS, [userId, deviceId]);
}
