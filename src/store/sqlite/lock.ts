import { existsSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { DatabaseUnusable } from "../sql.ts";
import { translate, troubleOf } from "./errors.ts";

/** A predecessor that is just stopping gets so long. */
const WAIT_MS = 2_000;
const OWNER_ONLY = 0o600;

/** Makes a file that only its owner may read, unless it is there. SQLite gives its companions the same mode. */
export function createPrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "a", OWNER_ONLY));
}

/**
 * Keeps other processes from writing the same database. SQLite's own lock on a file beside it serves on every system,
 * and the system lets go of it when the process dies.
 * @throws DatabaseUnusable when another process holds it.
 */
export function lockDatabase(path: string): Disposable {
  const lockPath = `${path}.lock`;
  createPrivateFile(lockPath);
  const lock = new DatabaseSync(lockPath, { timeout: WAIT_MS });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (troubleOf(error) !== "unavailable") throw translate(error, lockPath);
    throw new DatabaseUnusable(`${path} is in use by another process; only one may write it`, { cause: error });
  }
  return { [Symbol.dispose]: () => lock.close() };
}
