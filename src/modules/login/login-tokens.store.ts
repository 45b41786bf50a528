import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A login token as it is stored. */
export interface StoredLoginToken {
  readonly tokenHash: string;
  readonly userId: string;
  readonly expiresAt: number;
}

const INSERT = "INSERT INTO login_tokens (token_hash, user_id, expires_at) VALUES ($1, $2, $3)";
const OWNER = `SELECT user_id AS "userId" FROM login_tokens WHERE token_hash = $1 AND expires_at > $2`;
const DELETE = "DELETE FROM login_tokens WHERE token_hash = $1 AND expires_at > $2";
const DELETE_EXPIRED = "DELETE FROM login_tokens WHERE expires_at <= $1";
const DELETE_OLDEST = `
  DELETE FROM login_tokens WHERE user_id = $1 AND token_hash NOT IN (
    SELECT token_hash FROM login_tokens WHERE user_id = $1 ORDER BY expires_at DESC, token_hash LIMIT $2)`;
const DELETE_ALL = "DELETE FROM login_tokens WHERE user_id = $1";

/** Stores a token, and clears away what has expired and what the user has more than `most`. */
export function insertLoginToken(tx: Tx, token: StoredLoginToken, { now, most }: { now: number; most: number }): void {
  tx.run(DELETE_EXPIRED, [now]);
  tx.run(DELETE_OLDEST, [token.userId, most - 1]);
  tx.run(INSERT, [token.tokenHash, token.userId, token.expiresAt]);
}

/** Whom the token logs in; `undefined` when it is unknown, used or expired. */
export async function readOwner(sql: Sql, tokenHash: string, now: number): Promise<string | undefined> {
  return (await sql.get<{ userId: string }>(OWNER, [tokenHash, now]))?.userId;
}

/** Of several requests that use one token at once, one deletes it. */
export function deleteLoginToken(tx: Tx, tokenHash: string, now: number): QueryResult<Row> {
  return tx.query(DELETE, [tokenHash, now]);
}

export function deleteLoginTokensOf(tx: Tx, userId: string): void {
  tx.run(DELETE_ALL, [userId]);
}
