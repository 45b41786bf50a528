import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import type { MadeAccount } from "../../engine/users/users.ts";
import type { Row, Sql } from "../../store/sql.ts";
import type { Identifier, Medium } from "./address.ts";

/** An identifier of an account. */
export interface OwnIdentifier extends Identifier {
  readonly validatedAt: number;
  readonly addedAt: number;
}

const OF_USER = `
  SELECT medium, address, validated_at AS "validatedAt", added_at AS "addedAt"
  FROM third_party_identifiers WHERE user_id = $1 ORDER BY added_at, medium, address LIMIT $2`;
const OWNER = `
  SELECT t.user_id AS "userId" FROM third_party_identifiers t
  JOIN users u ON u.user_id = t.user_id AND u.deactivated = 0
  WHERE t.medium = $1 AND t.address = $2`;
const ADD = `
  INSERT INTO third_party_identifiers (medium, address, user_id, validated_at, added_at)
  SELECT $1, $2, user_id, CAST($4 AS BIGINT), CAST($5 AS BIGINT) FROM users WHERE user_id = $3 AND deactivated = 0
  ON CONFLICT (medium, address) DO UPDATE SET validated_at = excluded.validated_at
  WHERE third_party_identifiers.user_id = excluded.user_id`;
const ADD_TO_NEW = `
  INSERT INTO third_party_identifiers (medium, address, user_id, validated_at, added_at)
  SELECT $1, $2, user_id, CAST($4 AS BIGINT), CAST($5 AS BIGINT) FROM users WHERE user_id = $3 AND password_hash = $6
  ON CONFLICT (medium, address) DO NOTHING`;
const REMOVE = "DELETE FROM third_party_identifiers WHERE medium = $1 AND address = $2 AND user_id = $3";
const REMOVE_ALL = "DELETE FROM third_party_identifiers WHERE user_id = $1";

/** The oldest first. */
export async function readIdentifiers(sql: Sql, userId: string, limit: number): Promise<OwnIdentifier[]> {
  return await sql.all<OwnIdentifier & Row & { readonly medium: Medium }>(OF_USER, [userId, limit]);
}

/** Whose the identifier is; `undefined` when it is nobody's who can use it. */
export async function readOwner(sql: Sql, { medium, address }: Identifier): Promise<string | undefined> {
  return (await sql.get<Row & { readonly userId: string }>(OWNER, [medium, address]))?.userId;
}

/** Changes nothing when it is somebody else's, or the account has ended. */
export function addIdentifier(tx: Tx, userId: string, added: OwnIdentifier): QueryResult<Row> {
  return tx.query(ADD, [added.medium, added.address, userId, added.validatedAt, added.addedAt]);
}

/** Does nothing when the account is somebody else's, or the identifier belongs to another since a moment ago. */
export function addToNewAccount(tx: Tx, { userId, passwordHash }: MadeAccount, added: OwnIdentifier): void {
  tx.run(ADD_TO_NEW, [added.medium, added.address, userId, added.validatedAt, added.addedAt, passwordHash]);
}

export function removeIdentifier(tx: Tx, userId: string, { medium, address }: Identifier): void {
  tx.run(REMOVE, [medium, address, userId]);
}

export function removeAllIdentifiers(tx: Tx, userId: string): void {
  tx.run(REMOVE_ALL, [userId]);
}
