import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { migrate, requireOwn } from "./migrations.ts";
import { type Database, DatabaseUnavailable } from "./sql.ts";
import { openSqlite } from "./sqlite/sqlite.ts";

const WAIT_FOR_SERVER_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Where the data is, as the configuration says. */
export type DatabaseLocation =
  | { readonly kind: "sqlite"; readonly file: string }
  | { readonly kind: "postgresql"; readonly url: string };

interface OpenOptions {
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** How long to wait for a PostgreSQL server that is not there yet; a minute unless told. */
  readonly waitMs?: number;
}

/**
 * Opens the database and brings it up to this program's schema. A PostgreSQL server that starts at the same time is
 * waited for.
 * @throws DatabaseUnusable when a person must act.
 * @throws DatabaseUnavailable when the file cannot be opened, or the server did not answer in time.
 */
export async function openDatabase(location: DatabaseLocation, options: OpenOptions): Promise<Database> {
  const database = await open(location, options);
  try {
    const { applied } = await migrate(database);
    for (const { version, name } of applied) options.logger.info({ version, name }, "migration applied");
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(location: DatabaseLocation, options: OpenOptions): Promise<Database> {
  if (location.kind === "postgresql") return await waitForServer(location.url, options);
  await mkdir(dirname(location.file), { recursive: true, mode: 0o700 });
  return await openSqlite({ path: location.file, examine: requireOwn });
}

async function waitForServer(url: string, { logger, waitMs = WAIT_FOR_SERVER_MS }: OpenOptions): Promise<Database> {
  // The driver is read only where it is used: 3 MB.
  const { openPostgresql } = await import("./postgresql/postgresql.ts");
  const deadline = performance.now() + waitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await openPostgresql({ url });
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || performance.now() + pauseMs > deadline) throw error;
      logger.warn({ reason: error.message, retryAfterMs: pauseMs }, "the database is not there yet");
    }
    await wait(pauseMs);
  }
}
