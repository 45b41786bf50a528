import type { Tx } from "../../engine/partitions/tx.ts";
import { type Dialect, rowsIn } from "../../store/dialect.ts";
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

const MESSAGE_COLUMNS = { m_user: "string", m_device: "string", m_json: "string" } as const;
// Whether the device exists, and whether the request is the first under its key, is known at the moment of writing only.
const IS_FIRST = `
  EXISTS (SELECT 1 FROM to_device_txns t WHERE t.user_id = $3 AND t.device_id = $4 AND t.txn_key = $5 AND t.position = $2)`;

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

/** What is to be stored for a device, or for all of the user's (`undefined`). */
export interface NewMessage {
  readonly userId: string;
  readonly deviceId: string | undefined;
  /** JSON text of the event. */
  readonly json: string;
}

/**
 * Stores messages, each for one device; those for all devices of a user for the ones that have none of this request yet.
 * Stores nothing for devices that do not exist, and nothing when `insertTxn` of the same transaction changed nothing. Cost:
 * two statements at most.
 */
export function insertMessages(tx: Tx, dialect: Dialect, txn: Txn, messages: readonly NewMessage[]): void {
  // Where a name has NUL there is no such device, and PostgreSQL takes none.
  const possible = messages.filter(({ userId, deviceId = "" }) => !`${userId}${deviceId}`.includes("\0"));
  const forOne = possible.filter(({ deviceId }) => deviceId !== undefined);
  const forAll = possible.filter(({ deviceId }) => deviceId === undefined);
  insertThose(tx, dialect, txn, { messages: forOne, isForAll: false });
  insertThose(tx, dialect, txn, { messages: forAll, isForAll: true });
}

function insertThose(
  tx: Tx,
  dialect: Dialect,
  { from, key, position }: Txn,
  { messages, isForAll }: { readonly messages: readonly NewMessage[]; readonly isForAll: boolean },
): void {
  if (messages.length === 0) return;
  // Of the join SQLite is to begin with the messages, not with all devices.
  const text = `
    INSERT INTO to_device_messages (user_id, device_id, position, json)
    SELECT d.user_id, d.device_id, CAST($2 AS BIGINT), m.m_json
    FROM (${rowsIn(dialect, "$1", MESSAGE_COLUMNS)}) m CROSS JOIN devices d
    WHERE d.user_id = m.m_user ${isForAll ? "" : "AND d.device_id = m.m_device"} AND ${IS_FIRST}
    ON CONFLICT (user_id, device_id, position) DO NOTHING`;
  const rows = messages.map(({ userId, deviceId = "", json }) => [userId, deviceId, json]);
  tx.run(text, [JSON.stringify(rows), position, from.userId, from.deviceId, key]);
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
