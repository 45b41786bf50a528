import { SHARED_SECRET, startServer } from "../test/support/server.ts";
import { type OwnPostgresServer, startOwnPostgres } from "../test/support/postgres.ts";
import type { Target } from "./target.ts";

/** Where the Heddle under measurement keeps its data. */
export type HeddleOptions = {
  /** `sqlite`, `postgresql` (a durable server of our own), or the URL of an empty database. */
  readonly database: string;
  /** The processes of that database when it has an URL. */
  readonly databasePids: readonly number[];
  /** Those of the defaults unless given. */
  readonly passwords?: Readonly<Record<string, number>>;
};

const CHEAP_HASHES = { memory_kib: 8, iterations: 1 };

/** Starts Heddle as `bin/heddle.js serve` with the password hashes of its defaults and no rate limits. */
export async function startHeddle({ database, databasePids, passwords = {} }: HeddleOptions): Promise<Target> {
  const postgres = database === "postgresql" ? await startOwnPostgres({ isDurable: true }) : undefined;
  try {
    const target = await startOn({ database: postgres?.url ?? database, databasePids, passwords }, postgres);
    // Where the database is somebody else's, there is no other one.
    if (database.startsWith("postgresql://")) return target;
    const other = { database, databasePids: [], passwords: CHEAP_HASHES };
    return Object.assign(target, { startWithCheapHashes: async () => await startHeddle(other) });
  } catch (error) {
    await postgres?.[Symbol.asyncDispose]();
    throw error;
  }
}

async function startOn(
  { database, databasePids, passwords }: Required<HeddleOptions>,
  postgres: OwnPostgresServer | undefined,
): Promise<Target> {
  const server = await startServer({
    database,
    config: { passwords, registration: { mode: "open", guests: true, shared_secret: SHARED_SECRET } },
  });
  const isPostgres = database.startsWith("postgresql://");
  return {
    name: `Heddle + ${isPostgres ? "PostgreSQL" : "SQLite"}`,
    baseUrl: server.baseUrl,
    sharedSecret: SHARED_SECRET,
    pids: () => [server.pid, postgres?.pid, ...databasePids].filter((pid) => pid !== undefined),
    get startedInMs() {
      return server.startedInMs;
    },
    stop: async () => await server.stop(),
    start: async () => await server.start(),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await postgres?.[Symbol.asyncDispose]();
    },
  };
}
