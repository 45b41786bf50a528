import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A token as it is stored. */
export interface StoredToken {
  readonly tokenHash: string;
  readonly userId: string;
  readonly expiresAt: number;
}

/** How many tokens an account has at a time: whoever asks for more loses the oldest. */
const tokensPerUser = 100;

const OWNER = `
  SELECT t.user_id AS "userId" FROM openid_tokens t JOIN users u ON u.user_id = t.user_id
  WHERE t.token_hash = $1 AND t.expires_at > $2 AND u.deactivated = 0 AND u.locked = 0`;
const INSERT = `
  INSERT INTO openid_tokens (token_hash, user_id, expires_at)
  SELECT $1, user_id, CAST($3 AS BIGINT) FROM users WHERE user_id = $2 AND deactivated = 0`;
const DELETE_EXPIRED = "DELETE FROM openid_tokens WHERE user_id = $1 AND expires_at <= $2";
const DELETE_OLDEST = `
  DELETE FROM openid_tokens WHERE user_id = $1 AND token_hash NOT IN (
    SELECT token_hash FROM openid_tokens WHERE user_id = $1 ORDER BY expires_at DESC LIMIT $2)`;
const DELETE_ALL = "DELETE FROM openid_tokens WHERE user_id = $1";

/** Whose token it is; `undefined` when it is unknown or expired, or when the account cannot be used. */
export async function readOwner(sql: Sql, tokenHash: string, now: number): Promise<string | undefined> {
  return (await sql.get<Row & { readonly userId: string }>(OWNER, [tokenHash, now]))?.userId;
}

/** Clears away the expired ones of the user, and the oldest where there are too many. */
export function insertToken(tx: Tx, { tokenHash, userId, expiresAt }: StoredToken, now: number): void {
  tx.run(DELETE_EXPIRED, [userId, now]);
  tx.run(INSERT, [tokenHash, userId, expiresAt]);
  tx.run(DELETE_OLDEST, [userId, tokensPerUser]);
}

export function deleteTokens(tx: Tx, userId: string): void {
  tx.run(DELETE_ALL, [userId]);
}
