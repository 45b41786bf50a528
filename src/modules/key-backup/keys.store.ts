import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import { type Dialect, rowsIn } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A key of a session in a room, as it is backed up. */
export interface BackedUpKey extends Row {
  readonly roomId: string;
  readonly sessionId: string;
  readonly firstMessageIndex: number;
  readonly forwardedCount: number;
  /** 0 or 1. */
  readonly isVerified: number;
  /** JSON text. */
  readonly sessionData: string;
}

/** Which keys of a backup: all, those of a room, or that of a session. */
export interface KeyRange {
  readonly userId: string;
  readonly version: number;
  readonly roomId?: string;
  readonly sessionId?: string;
}

/** What there is in a backup. */
export interface BackupState extends Row {
  readonly keyCount: number;
  readonly etag: number;
}

const COLUMNS = {
  room_id: "string",
  session_id: "string",
  first_message_index: "number",
  forwarded_count: "number",
  is_verified: "number",
  session_data: "string",
} as const;
const STATE = `key_count AS "keyCount", etag`;

/**
 * Whether a key is to take the place of another.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
 */
const isBetter = (added: string, there: string): string => `(
  ${added}.is_verified > ${there}.is_verified OR (${added}.is_verified = ${there}.is_verified AND (
    ${added}.first_message_index < ${there}.first_message_index OR (
      ${added}.first_message_index = ${there}.first_message_index AND ${added}.forwarded_count < ${there}.forwarded_count
    ))))`;

const SELECT = `
  SELECT room_id AS "roomId", session_id AS "sessionId", first_message_index AS "firstMessageIndex",
         forwarded_count AS "forwardedCount", is_verified AS "isVerified", session_data AS "sessionData"
  FROM key_backup_keys WHERE user_id = $1 AND version = $2`;
const IN_ORDER = "ORDER BY room_id, session_id LIMIT $5";
const ALL = `${SELECT} AND (room_id, session_id) > ($3, $4) ${IN_ORDER}`;
const OF_ROOM = `${SELECT} AND room_id = $3 AND session_id > $4 ${IN_ORDER}`;
const OF_SESSION = `${SELECT} AND room_id = $3 AND session_id = $4 ${IN_ORDER}`;

/** One page of the keys, in the order of rooms and sessions, after a key (`undefined`: from the start). */
export async function readKeys(
  sql: Sql,
  { userId, version, roomId, sessionId }: KeyRange,
  { after, limit }: { readonly after: BackedUpKey | undefined; readonly limit: number },
): Promise<BackedUpKey[]> {
  const afterSession = after?.sessionId ?? "";
  const read = async (text: string, room: string, session: string): Promise<BackedUpKey[]> =>
    await sql.all<BackedUpKey>(text, [userId, version, room, session, limit]);
  if (roomId === undefined) return await read(ALL, after?.roomId ?? "", afterSession);
  if (sessionId === undefined) return await read(OF_ROOM, roomId, afterSession);
  return await read(OF_SESSION, roomId, sessionId);
}

/**
 * Adds keys to the user's current backup; of two for one session the better one stays. Without a row when the version is
 * not that of the current one.
 */
export function writeKeys(
  tx: Tx,
  dialect: Dialect,
  {
    userId,
    version,
    keys,
  }: { readonly userId: string; readonly version: number; readonly keys: readonly BackedUpKey[] },
): QueryResult<BackupState> {
  const source = `(${rowsIn(dialect, "$3", COLUMNS)})`;
  const rows = JSON.stringify(
    keys.map((key) => [
      key.roomId,
      key.sessionId,
      key.firstMessageIndex,
      key.forwardedCount,
      key.isVerified,
      key.sessionData,
    ]),
  );
  const compared = `FROM ${source} r LEFT JOIN key_backup_keys k
    ON k.user_id = $1 AND k.version = $2 AND k.room_id = r.room_id AND k.session_id = r.session_id`;
  const update = `
    UPDATE key_backups SET
      key_count = key_count + (SELECT count(*) ${compared} WHERE k.user_id IS NULL),
      etag = CASE WHEN EXISTS (SELECT 1 ${compared} WHERE k.user_id IS NULL OR ${isBetter("r", "k")})
             THEN $4 ELSE etag END
    WHERE user_id = $1 AND version = $2 AND version = (SELECT MAX(version) FROM key_backups WHERE user_id = $1)
    RETURNING ${STATE}`;
  const insert = `
    INSERT INTO key_backup_keys (user_id, version, ${Object.keys(COLUMNS).join(", ")})
    SELECT b.user_id, b.version, ${Object.keys(COLUMNS)
      .map((name) => `r.${name}`)
      .join(", ")}
    FROM key_backups b CROSS JOIN ${source} r
    WHERE b.user_id = $1 AND b.version = $2 AND b.version = (SELECT MAX(version) FROM key_backups WHERE user_id = $1)
    ON CONFLICT (user_id, version, room_id, session_id) DO UPDATE SET
      first_message_index = excluded.first_message_index, forwarded_count = excluded.forwarded_count,
      is_verified = excluded.is_verified, session_data = excluded.session_data
      WHERE ${isBetter("excluded", "key_backup_keys")}`;
  const result = tx.query<BackupState>(update, [userId, version, rows, tx.nextPosition()]);
  tx.run(insert, [userId, version, rows]);
  return result;
}

/** Deletes keys of a backup. Without a row when there is no such backup. */
export function deleteKeys(tx: Tx, { userId, version, roomId, sessionId }: KeyRange): QueryResult<BackupState> {
  const rooms = [roomId, sessionId].filter((id) => id !== undefined);
  const conditions = ["user_id = $1", "version = $2", "room_id = $3", "session_id = $4"];
  const columns = conditions.slice(0, 2 + rooms.length).join(" AND ");
  const keys = `FROM key_backup_keys WHERE ${columns}`;
  const params = [userId, version, ...rooms];
  const position = tx.nextPosition();
  const update = `
    UPDATE key_backups SET
      key_count = key_count - (SELECT count(*) ${keys}),
      etag = CASE WHEN EXISTS (SELECT 1 ${keys}) THEN CAST($${params.length + 1} AS BIGINT) ELSE etag END
    WHERE user_id = $1 AND version = $2 RETURNING ${STATE}`;
  const result = tx.query<BackupState>(update, [...params, position]);
  tx.run(`DELETE ${keys}`, params);
  return result;
}
