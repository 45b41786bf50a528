import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** The dehydrated device of a user. */
export interface DehydratedDevice {
  readonly deviceId: string;
  /** JSON text. */
  readonly deviceData: string;
}

const READ = `
  SELECT device_id AS "deviceId", device_data AS "deviceData" FROM dehydrated_devices WHERE user_id = $1`;
// Whether the device is there is known at the moment of writing only: the account may be deactivated.
const INSERT = `
  INSERT INTO dehydrated_devices (user_id, device_id, device_data)
  SELECT user_id, device_id, CAST($3 AS TEXT) FROM devices WHERE user_id = $1 AND device_id = $2`;
const REMOVE = `DELETE FROM dehydrated_devices WHERE user_id = $1 RETURNING device_id AS "deviceId"`;
const DELETE = "DELETE FROM dehydrated_devices WHERE user_id = $1 AND device_id = $2";

export async function readDehydrated(sql: Sql, userId: string): Promise<DehydratedDevice | undefined> {
  return await sql.get<DehydratedDevice & Row>(READ, [userId]);
}

/** Takes away what the user has, and says what it was: there may be another one than was read before. */
export function removeDehydrated(tx: Tx, userId: string): QueryResult<{ deviceId: string }> {
  return tx.query<{ deviceId: string }>(REMOVE, [userId]);
}

/** The user has none. */
export function insertDehydrated(tx: Tx, userId: string, { deviceId, deviceData }: DehydratedDevice): void {
  tx.run(INSERT, [userId, deviceId, deviceData]);
}

/** Changes nothing when the device is not dehydrated. */
export function deleteDehydrated(tx: Tx, userId: string, deviceId: string): void {
  tx.run(DELETE, [userId, deviceId]);
}
