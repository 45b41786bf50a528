import { startSynapse } from "../../bench/synapse.ts";
import { startOwnPostgres } from "../support/postgres.ts";
import type { RunningServer } from "../support/child-server.ts";
import { startServer } from "../support/server.ts";

/** A homeserver that clients are tried on. */
export type Subject = { readonly name: string; start(): Promise<RunningServer> };

/**
 * Heddle on both databases. `HEDDLE_TEST_SYNAPSE` names a Python virtual environment with a Synapse, which is tried
 * instead: a test that fails there as well is a wrong test.
 */
export function subjects(): readonly Subject[] {
  const synapse = process.env["HEDDLE_TEST_SYNAPSE"];
  if (synapse !== undefined) return [{ name: "Synapse", start: async () => await startSynapse(synapse) }];
  return [
    { name: "SQLite", start: async () => await startServer({ database: "sqlite" }) },
    { name: "PostgreSQL", start: startOnPostgres },
  ];
}

/** With a database server that ends with the homeserver. */
async function startOnPostgres(): Promise<RunningServer> {
  const postgres = await startOwnPostgres({ isDurable: false });
  const server = await startServer({ database: postgres.url });
  return {
    baseUrl: server.baseUrl,
    get pid() {
      return server.pid;
    },
    get startedInMs() {
      return server.startedInMs;
    },
    get log() {
      return server.log;
    },
    start: async () => await server.start(),
    stop: async () => await server.stop(),
    kill: async () => await server.kill(),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await postgres[Symbol.asyncDispose]();
    },
  };
}
