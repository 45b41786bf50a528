/** What a failure means, by its SQLSTATE: https://www.postgresql.org/docs/18/errcodes-appendix.html */
import { DatabaseUnavailable, DatabaseUnusable } from "../sql.ts";

/**
 * Connection exceptions, invalid authorisation (while it is being set up), insufficient resources (disk full, too many
 * connections), operator intervention (shutting down), system errors, and a standby that only reads.
 */
const UNAVAILABLE = /^(08|28|53|57P|58|25006|3D000)/;
/** Broken on the disk. */
const UNUSABLE = /^XX00[12]/;
/** Serialisation failure and deadlock: the same again may work. */
const AGAIN = /^(40001|40P01)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The SQLSTATE of an error that the server sent; `undefined` when it is of the connection. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return SQLSTATE.test(error.code) && "severity" in error ? error.code : undefined;
}

/** Whether the connection is gone, and with it the knowledge of what was done. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || state.startsWith("08") || state.startsWith("57P");
}

/** Whether the transaction failed only because of another one. */
export function mayWorkAgain(error: unknown): boolean {
  return AGAIN.test(sqlStateOf(error) ?? "");
}

/** Passes on the errors of statements, and translates the others. */
export function translate(error: unknown): Error {
  if (isOurMistake(error)) return error;
  const state = sqlStateOf(error);
  const reason = error instanceof Error ? error.message || error.name : String(error);
  if (state === undefined || UNAVAILABLE.test(state)) {
    return new DatabaseUnavailable(`PostgreSQL cannot be used now: ${reason}`, { cause: error });
  }
  if (UNUSABLE.test(state))
    return new DatabaseUnusable(`The PostgreSQL database is damaged: ${reason}`, { cause: error });
  return error instanceof Error ? error : new Error(reason);
}

/** Such as a list that is not JSON: nothing was sent. */
function isOurMistake(error: unknown): error is Error {
  return error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError;
}

/** Whether `translate` takes it for trouble of the database, and not of a statement. */
export function isTrouble(error: unknown): boolean {
  const translated = translate(error);
  return translated instanceof DatabaseUnavailable || translated instanceof DatabaseUnusable;
}
