import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { inProcessBus } from "../bus/in-process.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { openPartitions } from "../engine/partitions/partitions.ts";
import { createUsers } from "../engine/users/users.ts";
import { migrate } from "../store/migrations.ts";
import type { Database } from "../store/sql.ts";
import { openSqlite } from "../store/sqlite/sqlite.ts";
import type { AccountAdministration } from "./account-administration.ts";
import { connectControl } from "./control-client.ts";
import { controlSocketPath } from "./control-protocol.ts";
import { CommandError } from "./failure.ts";

/** Lets `work` administer the accounts of a configuration: in the server when it runs, else in its database. */
export async function withAccounts<T>(
  config: Config,
  work: (accounts: AccountAdministration) => Promise<T>,
): Promise<T> {
  using running = await connectControl(controlSocketPath(config));
  if (running !== undefined) return await work(running);
  await using database = await openDatabase(config);
  await migrate(database);
  const partitions = await openPartitions({ database, bus: inProcessBus() });
  await using users = createUsers({
    sql: database,
    partitions,
    clock: systemClock,
    passwords: config.passwords,
    // The only work that nobody waits for notes when devices were used, and here none is.
    background: () => {},
  });
  const result = await work(users.accounts);
  await partitions.drained();
  return result;
}

async function openDatabase({ database }: Config): Promise<Database> {
  if (database.kind === "postgresql") throw new CommandError("PostgreSQL cannot be opened yet");
  await mkdir(dirname(database.file), { recursive: true, mode: 0o700 });
  return await openSqlite({ path: database.file });
}
