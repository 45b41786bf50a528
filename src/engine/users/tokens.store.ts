import type { Row, Sql } from "../../store/sql.ts";
import type { QueryResult, Tx } from "../partitions/tx.ts";

/** What the database knows of an access token, with the flags of its account. */
export interface AccessTokenRow extends Row {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly generation: number;
  readonly expiresAt: number;
  readonly isAdmin: number;
  readonly isGuest: number;
  readonly isLocked: number;
  readonly isSuspended: number;
  /** How many refresh tokens of the session wait for a sign that this access token arrived. */
  readonly olderCount: number;
}

/** What the database knows of a refresh token. */
export interface RefreshTokenRow extends Row {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly generation: number;
  /** Whether a token of a later generation was seen. */
  readonly isUsed: number;
  /** Whether its account is locked. */
  readonly isLocked: number;
}

interface HashRow extends Row {
  readonly tokenHash: string;
}

/** The hashes of the access tokens that a statement deleted. */
export type DeletedTokens = QueryResult<HashRow>;

const ACCESS_TOKEN = `
  SELECT t.user_id AS "userId", t.device_id AS "deviceId", t.session_id AS "sessionId", t.generation,
    t.expires_at AS "expiresAt", u.is_admin AS "isAdmin", u.is_guest AS "isGuest",
    u.locked AS "isLocked", u.suspended AS "isSuspended",
    (SELECT COUNT(*) FROM refresh_tokens r WHERE r.session_id = t.session_id AND r.generation < t.generation
      AND r.used = 0)
      AS "olderCount"
  FROM access_tokens t JOIN users u ON u.user_id = t.user_id
  WHERE t.token_hash = $1`;
const REFRESH_TOKEN = `
  SELECT t.user_id AS "userId", t.device_id AS "deviceId", t.session_id AS "sessionId", t.generation,
    t.used AS "isUsed", u.locked AS "isLocked"
  FROM refresh_tokens t JOIN users u ON u.user_id = t.user_id
  WHERE t.token_hash = $1`;

const INSERT_ACCESS = `
  INSERT INTO access_tokens (token_hash, user_id, device_id, session_id, generation, expires_at)
  SELECT $1, user_id, $3, $4, 0, CAST($5 AS BIGINT) FROM users WHERE user_id = $2 AND deactivated = 0`;
const INSERT_REFRESH = `
  INSERT INTO refresh_tokens (token_hash, user_id, device_id, session_id, generation)
  SELECT $1, user_id, $3, $4, 0 FROM users WHERE user_id = $2 AND deactivated = 0`;
const NEXT_ACCESS = `
  INSERT INTO access_tokens (token_hash, user_id, device_id, session_id, generation, expires_at)
  SELECT $1, user_id, device_id, session_id, generation + 1, CAST($2 AS BIGINT)
  FROM refresh_tokens WHERE token_hash = $3 AND used = 0`;
const NEXT_REFRESH = `
  INSERT INTO refresh_tokens (token_hash, user_id, device_id, session_id, generation)
  SELECT $1, user_id, device_id, session_id, generation + 1 FROM refresh_tokens WHERE token_hash = $2 AND used = 0`;

const DELETE_DEVICE_ACCESS = `
  DELETE FROM access_tokens WHERE user_id = $1 AND device_id = $2 RETURNING token_hash AS "tokenHash"`;
const DELETE_DEVICE_REFRESH = "DELETE FROM refresh_tokens WHERE user_id = $1 AND device_id = $2";
const DELETE_OTHER_ACCESS = `
  DELETE FROM access_tokens WHERE session_id = $1 AND generation <> $2 RETURNING token_hash AS "tokenHash"`;
const MARK_USED = "UPDATE refresh_tokens SET used = 1 WHERE session_id = $1 AND generation < $2 AND used = 0";
const DELETE_OTHER_REFRESH =
  "DELETE FROM refresh_tokens WHERE session_id = $1 AND (generation > $2 OR generation < CAST($3 AS BIGINT))";
const DELETE_SESSION_ACCESS = `DELETE FROM access_tokens WHERE session_id = $1 RETURNING token_hash AS "tokenHash"`;
const DELETE_SESSION_REFRESH = "DELETE FROM refresh_tokens WHERE session_id = $1";

/** Used refresh tokens of a session that are remembered. Whoever comes with an older one is told that it is unknown. */
const USED_KEPT = 20;

export async function readAccessToken(sql: Sql, tokenHash: string): Promise<AccessTokenRow | undefined> {
  return await sql.get<AccessTokenRow>(ACCESS_TOKEN, [tokenHash]);
}

export async function readRefreshToken(sql: Sql, tokenHash: string): Promise<RefreshTokenRow | undefined> {
  return await sql.get<RefreshTokenRow>(REFRESH_TOKEN, [tokenHash]);
}

/** The tokens that begin a session. */
export interface FirstTokens {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly accessHash: string;
  readonly refreshHash: string | undefined;
  readonly expiresAt: number;
}

/** Changes nothing when the account is not active. */
export function insertTokens(tx: Tx, tokens: FirstTokens): QueryResult<Row> {
  const { userId, deviceId, sessionId, accessHash, refreshHash, expiresAt } = tokens;
  if (refreshHash !== undefined) tx.run(INSERT_REFRESH, [refreshHash, userId, deviceId, sessionId]);
  return tx.query(INSERT_ACCESS, [accessHash, userId, deviceId, sessionId, expiresAt]);
}

/** The tokens that follow upon a refresh token. */
export interface NextTokens {
  readonly usedHash: string;
  readonly accessHash: string;
  readonly refreshHash: string;
  readonly expiresAt: number;
}

/** Changes nothing when the refresh token is gone meanwhile. */
export function insertNextTokens(tx: Tx, tokens: NextTokens): QueryResult<Row> {
  tx.run(NEXT_REFRESH, [tokens.refreshHash, tokens.usedHash]);
  return tx.query(NEXT_ACCESS, [tokens.accessHash, tokens.expiresAt, tokens.usedHash]);
}

/** Ends the sessions of a device. */
export function deleteDeviceTokens(tx: Tx, userId: string, deviceId: string): DeletedTokens {
  tx.run(DELETE_DEVICE_REFRESH, [userId, deviceId]);
  return tx.query<HashRow>(DELETE_DEVICE_ACCESS, [userId, deviceId]);
}

/** Leaves a session the tokens of one generation, and remembers which refresh tokens were used before. */
export function deleteOtherGenerations(tx: Tx, sessionId: string, generation: number): DeletedTokens {
  tx.run(MARK_USED, [sessionId, generation]);
  tx.run(DELETE_OTHER_REFRESH, [sessionId, generation, generation - USED_KEPT]);
  return tx.query<HashRow>(DELETE_OTHER_ACCESS, [sessionId, generation]);
}

/** Ends a session. */
export function deleteSessionTokens(tx: Tx, sessionId: string): DeletedTokens {
  tx.run(DELETE_SESSION_REFRESH, [sessionId]);
  return tx.query<HashRow>(DELETE_SESSION_ACCESS, [sessionId]);
}
