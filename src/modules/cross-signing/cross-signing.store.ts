import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import { type Dialect, inList, rowsIn } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** What a cross-signing key is for. */
export type Usage = "master" | "self_signing" | "user_signing";

/** A cross-signing key as it was uploaded. */
export interface StoredKey extends Row {
  readonly userId: string;
  readonly usage: Usage;
  readonly publicKey: string;
  /** Canonical JSON text. */
  readonly json: string;
}

/** A signature that was added to a key: of a device (by its ID) or of a user (by the public key). */
export interface AddedSignature extends Row {
  readonly targetUser: string;
  readonly targetKey: string;
  readonly signerUser: string;
  /** With its algorithm. */
  readonly signerKey: string;
  readonly signature: string;
}

const UPDATE = `
  ON CONFLICT (user_id, usage) DO UPDATE SET public_key = excluded.public_key, json = excluded.json`;
const UPSERT_MASTER = `
  INSERT INTO cross_signing_keys (user_id, usage, public_key, json)
  SELECT user_id, 'master', CAST($2 AS TEXT), CAST($3 AS TEXT) FROM users WHERE user_id = $1 AND deactivated = 0
  ${UPDATE} WHERE cross_signing_keys.public_key = $4`;
const UPSERT_SIGNED = `
  INSERT INTO cross_signing_keys (user_id, usage, public_key, json)
  SELECT user_id, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT) FROM cross_signing_keys
  WHERE user_id = $1 AND usage = 'master' AND public_key = $5
  ${UPDATE}`;

const DELETE_KEY = "DELETE FROM cross_signing_keys WHERE user_id = $1 AND usage = $2 AND public_key = $3";
const DELETE_MADE_BY = "DELETE FROM key_signatures WHERE signer_user = $1 AND signer_key = $2";
const DELETE_MADE_ON = "DELETE FROM key_signatures WHERE target_user = $1 AND target_key = $2";

const DELETE_ALL = [
  "DELETE FROM cross_signing_keys WHERE user_id = $1",
  "DELETE FROM key_signatures WHERE target_user = $1",
  "DELETE FROM key_signatures WHERE signer_user = $1",
];

const SIGNATURE_COLUMNS = { t_user: "string", t_key: "string", s_key: "string", sig: "string" } as const;

/** The keys of users that the viewer may see: the user-signing keys of others are their own affair. */
export async function readKeys(sql: Sql, userIds: readonly string[], viewer: string): Promise<StoredKey[]> {
  const text = `
    SELECT user_id AS "userId", usage, public_key AS "publicKey", json FROM cross_signing_keys
    WHERE ${inList(sql.dialect, "user_id", "$1")} AND (usage <> 'user_signing' OR user_id = $2)`;
  return await sql.all<StoredKey>(text, [JSON.stringify(userIds), viewer]);
}

/** The signatures on keys of users that the viewer may see: those that their owners made, and the viewer's. */
export async function readSignatures(sql: Sql, userIds: readonly string[], viewer: string): Promise<AddedSignature[]> {
  // Many may have signed the key of one user: theirs are not looked at.
  const source = `(${rowsIn(sql.dialect, "$1", { id: "string" })})`;
  const text = `
    SELECT s.target_user AS "targetUser", s.target_key AS "targetKey", s.signer_user AS "signerUser",
           s.signer_key AS "signerKey", s.signature
    FROM ${source} l JOIN key_signatures s ON s.target_user = l.id AND s.signer_user IN (l.id, $2)`;
  return await sql.all<AddedSignature>(text, [JSON.stringify(userIds.map((userId) => [userId])), viewer]);
}

type NewKey = Pick<StoredKey, "usage" | "publicKey" | "json">;

/** Changes nothing when the master key is not the expected one any more (`''`: none), or the account is not active. */
export function writeMasterKey(tx: Tx, userId: string, key: NewKey, expected: string): QueryResult<Row> {
  return tx.query(UPSERT_MASTER, [userId, key.publicKey, key.json, expected]);
}

/** Changes nothing when `master` is not the user's master key. */
export function writeSignedKey(tx: Tx, userId: string, key: NewKey, master: string): QueryResult<Row> {
  return tx.query(UPSERT_SIGNED, [userId, key.usage, key.publicKey, key.json, master]);
}

export function deleteKey(tx: Tx, { userId, usage, publicKey }: StoredKey): void {
  tx.run(DELETE_KEY, [userId, usage, publicKey]);
}

/** Deletes the signatures that a key made. `keyId` has the algorithm. */
export function deleteSignaturesBy(tx: Tx, userId: string, keyId: string): void {
  tx.run(DELETE_MADE_BY, [userId, keyId]);
}

/** Deletes the signatures on a key: `target` is a device ID or a public key. */
export function deleteSignaturesOn(tx: Tx, userId: string, target: string): void {
  tx.run(DELETE_MADE_ON, [userId, target]);
}

/** Deletes all keys of a user, and all signatures by the user or on the user's keys. */
export function deleteAllOf(tx: Tx, userId: string): void {
  for (const text of DELETE_ALL) tx.run(text, [userId]);
}

/** Adds signatures of one signer; those by the same keys are replaced. */
export function writeSignatures(
  tx: Tx,
  dialect: Dialect,
  { signerUser, signatures }: { readonly signerUser: string; readonly signatures: readonly AddedSignature[] },
): void {
  const text = `
    INSERT INTO key_signatures (target_user, target_key, signer_user, signer_key, signature)
    SELECT s.t_user, s.t_key, $1, s.s_key, s.sig FROM (${rowsIn(dialect, "$2", SIGNATURE_COLUMNS)}) s WHERE true
    ON CONFLICT (target_user, target_key, signer_user, signer_key) DO UPDATE SET signature = excluded.signature`;
  const rows = signatures.map(({ targetUser, targetKey, signerKey, signature }) => [
    targetUser,
    targetKey,
    signerKey,
    signature,
  ]);
  tx.run(text, [signerUser, JSON.stringify(rows)]);
}
