import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";
import type { Medium } from "./address.ts";

/** What an address is validated for: a session for one thing is not good for another. */
export type Purpose = "register" | "add" | "password";

/** A session as it is stored. */
export interface ValidationSession {
  readonly sid: string;
  readonly purpose: Purpose;
  readonly medium: Medium;
  readonly address: string;
  readonly secretHash: string;
  readonly tokenKey: string;
  readonly tokenHash: string;
  /** `''` = none. */
  readonly nextLink: string;
  /** The newest attempt at sending that was carried out; -1 = none. */
  readonly sendAttempt: number;
  /** 0 = not yet. */
  readonly validatedAt: number;
  readonly expiresAt: number;
}

/** What sessions are found by when they are asked for again. */
export type SessionKey = Pick<ValidationSession, "purpose" | "medium" | "address" | "secretHash">;

const COLUMNS = `sid, purpose, medium, address, secret_hash AS "secretHash", token_key AS "tokenKey",
  token_hash AS "tokenHash", next_link AS "nextLink", send_attempt AS "sendAttempt", validated_at AS "validatedAt",
  expires_at AS "expiresAt"`;
const BY_SID = `SELECT ${COLUMNS} FROM validation_sessions WHERE sid = $1 AND expires_at > $2`;
const BY_SECRET = `
  SELECT ${COLUMNS} FROM validation_sessions
  WHERE secret_hash = $1 AND medium = $2 AND address = $3 AND purpose = $4 AND expires_at > $5`;
const INSERT = `
  INSERT INTO validation_sessions (sid, purpose, medium, address, secret_hash, token_key, token_hash, next_link,
    send_attempt, guesses, validated_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10)`;
const RENEW = "UPDATE validation_sessions SET next_link = $2, expires_at = $3 WHERE sid = $1 AND validated_at = 0";
const SENT = "UPDATE validation_sessions SET send_attempt = $2 WHERE sid = $1 AND send_attempt < $2";
const GUESS = "UPDATE validation_sessions SET guesses = guesses + 1 WHERE sid = $1 AND guesses < $2";
const VALIDATE =
  "UPDATE validation_sessions SET validated_at = $2, expires_at = $3 WHERE sid = $1 AND validated_at = 0";
const DELETE = "DELETE FROM validation_sessions WHERE sid = $1";
const DELETE_EXPIRED = "DELETE FROM validation_sessions WHERE expires_at <= $1";

/** @returns `undefined` when there is none, or no more. */
export async function readSession(sql: Sql, sid: string, now: number): Promise<ValidationSession | undefined> {
  return await sql.get<ValidationSession & Row>(BY_SID, [sid, now]);
}

/** The session that was begun with the same secret for the same thing. */
export async function findSession(sql: Sql, key: SessionKey, now: number): Promise<ValidationSession | undefined> {
  const { secretHash, medium, address, purpose } = key;
  return await sql.get<ValidationSession & Row>(BY_SECRET, [secretHash, medium, address, purpose, now]);
}

/** Stores a new session, and clears away what has expired. */
export function insertSession(tx: Tx, session: ValidationSession, now: number): void {
  const { sid, purpose, medium, address, secretHash, tokenKey, tokenHash, nextLink, sendAttempt, expiresAt } = session;
  tx.run(DELETE_EXPIRED, [now]);
  const named = [sid, purpose, medium, address, secretHash];
  tx.run(INSERT, [...named, tokenKey, tokenHash, nextLink, sendAttempt, expiresAt]);
}

/** For a session whose mail is sent again. */
export function renewSession(tx: Tx, { sid, nextLink, expiresAt }: ValidationSession): void {
  tx.run(RENEW, [sid, nextLink, expiresAt]);
}

export function noteSent(tx: Tx, sid: string, sendAttempt: number): void {
  tx.run(SENT, [sid, sendAttempt]);
}

/** Counts a guess at the token; changes nothing when there were as many as may be. */
export const countGuess = (tx: Tx, sid: string, most: number): QueryResult<Row> => tx.query(GUESS, [sid, most]);

export function markValidated(tx: Tx, sid: string, { now, until }: { now: number; until: number }): void {
  tx.run(VALIDATE, [sid, now, until]);
}

export function deleteSession(tx: Tx, sid: string): void {
  tx.run(DELETE, [sid]);
}
