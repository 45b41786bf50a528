/** What a failure means, by SQLite's primary result code: https://www.sqlite.org/rescode.html */
import { DatabaseUnavailable, DatabaseUnusable } from "../sql.ts";

/** BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL: the statement is right, the surroundings are not. */
const UNAVAILABLE: ReadonlySet<number> = new Set([5, 6, 7, 8, 10, 13, 14, 15]);
/** CORRUPT, NOTADB. */
const UNUSABLE: ReadonlySet<number> = new Set([11, 26]);

export type Trouble = "unavailable" | "unusable";

/** `undefined` when the statement itself is to blame, such as a violated constraint. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  const code = error.errcode & 0xff;
  if (UNAVAILABLE.has(code)) return "unavailable";
  return UNUSABLE.has(code) ? "unusable" : undefined;
}

/** The error that callers see. */
export function toDatabaseError(trouble: Trouble, path: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (trouble === "unavailable") return new DatabaseUnavailable(`${path} cannot be used now: ${reason}`, { cause });
  return new DatabaseUnusable(`${path} is not a database of ours, or is damaged: ${reason}`, { cause });
}

/** Passes on the errors of statements, and translates the others. */
export function translate(error: unknown, path: string): Error {
  const trouble = troubleOf(error);
  if (trouble) return toDatabaseError(trouble, path, error);
  return error instanceof Error ? error : new Error(String(error));
}
