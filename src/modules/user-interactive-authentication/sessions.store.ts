import type { Row, Sql } from "../../store/sql.ts";
import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";

/** A session as it is stored. */
export interface UiaSessionRow {
  readonly sessionId: string;
  readonly operation: string;
  /** `''` when nobody is logged in. */
  readonly subject: string;
  /** `''` when the body may change meanwhile. */
  readonly bodyHash: string;
  /** JSON text. */
  readonly params: string;
  /** JSON text. */
  readonly completed: string;
  readonly expiresAt: number;
}

const READ = `
  SELECT session_id AS "sessionId", operation, subject, body_hash AS "bodyHash", params, completed,
    expires_at AS "expiresAt"
  FROM uia_sessions WHERE session_id = $1 AND expires_at > $2`;
const INSERT = `
  INSERT INTO uia_sessions (session_id, operation, subject, body_hash, params, completed, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;
const UPDATE = "UPDATE uia_sessions SET completed = $3 WHERE session_id = $1 AND completed = $2";
const DELETE = "DELETE FROM uia_sessions WHERE session_id = $1";
const DELETE_EXPIRED = "DELETE FROM uia_sessions WHERE expires_at <= $1";

/** @returns `undefined` when there is none, or no more. */
export async function readSession(sql: Sql, sessionId: string, now: number): Promise<UiaSessionRow | undefined> {
  return await sql.get<UiaSessionRow & Row>(READ, [sessionId, now]);
}

/** Stores a new session, and clears away what has expired. */
export function insertSession(tx: Tx, session: UiaSessionRow, now: number): void {
  const { sessionId, operation, subject, bodyHash, params, completed, expiresAt } = session;
  tx.run(DELETE_EXPIRED, [now]);
  tx.run(INSERT, [sessionId, operation, subject, bodyHash, params, completed, expiresAt]);
}

/** Changes nothing when somebody else changed what was completed meanwhile. */
export function updateCompleted(
  tx: Tx,
  sessionId: string,
  { from, to }: { readonly from: string; readonly to: string },
): QueryResult<Row> {
  return tx.query(UPDATE, [sessionId, from, to]);
}

export function deleteSession(tx: Tx, sessionId: string): void {
  tx.run(DELETE, [sessionId]);
}
