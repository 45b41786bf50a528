import type { Row, Sql } from "../../store/sql.ts";
import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";

/** A session as it is stored. */
export interface UiaSession {
  readonly sessionId: string;
  readonly operation: string;
  /** `''` when nobody is logged in. */
  readonly subject: string;
  /** `''` when the body may change meanwhile. */
  readonly bodyHash: string;
  /** JSON text. */
  readonly completed: string;
  readonly expiresAt: number;
}

const READ = `
  SELECT session_id AS "sessionId", operation, subject, body_hash AS "bodyHash", completed, expires_at AS "expiresAt"
  FROM uia_sessions WHERE session_id = $1 AND expires_at > $2`;
const INSERT = `
  INSERT INTO uia_sessions (session_id, operation, subject, body_hash, completed, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6)`;
const UPDATE = "UPDATE uia_sessions SET completed = $2 WHERE session_id = $1";
const DELETE = "DELETE FROM uia_sessions WHERE session_id = $1";
const DELETE_EXPIRED = "DELETE FROM uia_sessions WHERE expires_at <= $1";

/** @returns `undefined` when there is none, or no more. */
export async function readSession(sql: Sql, sessionId: string, now: number): Promise<UiaSession | undefined> {
  return await sql.get<UiaSession & Row>(READ, [sessionId, now]);
}

/** Stores a new session, and clears away what has expired. */
export function insertSession(tx: Tx, session: UiaSession, now: number): void {
  const { sessionId, operation, subject, bodyHash, completed, expiresAt } = session;
  tx.run(DELETE_EXPIRED, [now]);
  tx.run(INSERT, [sessionId, operation, subject, bodyHash, completed, expiresAt]);
}

export function updateCompleted(tx: Tx, sessionId: string, completed: string): void {
  tx.run(UPDATE, [sessionId, completed]);
}

/** Of several requests that end one session at once, one deletes it. */
export function deleteSession(tx: Tx, sessionId: string): QueryResult<Row> {
  return tx.query(DELETE, [sessionId]);
}
