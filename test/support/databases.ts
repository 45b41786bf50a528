import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { Client } from "pg";
import { migrate } from "../../src/store/migrations.ts";
import { openPostgresql } from "../../src/store/postgresql/postgresql.ts";
import type { Database } from "../../src/store/sql.ts";
import { openTestDatabase } from "../../src/store/sqlite/sqlite.ts";
import { migratedSqlite } from "./migrated-sqlite.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";

/** A database made for one test. */
export interface TestDatabase extends AsyncDisposable {
  readonly database: Database;
  /** The address of a PostgreSQL database; `undefined` for SQLite. */
  readonly url: string | undefined;
}

/** Whether tests run on PostgreSQL too. `HEDDLE_TEST_DATABASES=sqlite` is for the inner loop, which must be quick. */
export const withPostgres = process.env["HEDDLE_TEST_DATABASES"] !== "sqlite";

/** An empty SQLite database with all migrations applied, deleted on close. */
export async function openMigratedSqlite(): Promise<Database> {
  return await openTestDatabase(await migratedSqlite());
}

/** Defines a test that runs on SQLite and (see `withPostgres`) on PostgreSQL, each time with an empty database of the current schema. */
export function eachDatabase(name: string, body: (database: Database) => Promise<void> | void): void {
  onSqlite(`${name} (SQLite)`, body);
  if (!withPostgres) return;
  usesPostgres();
  test(`${name} (PostgreSQL)`, async () => {
    await using made = await createPostgresDatabase();
    await body(made.database);
  });
}

/** Defines a test of what lies above all SQL: the quicker database is enough for it. */
export function onSqlite(name: string, body: (database: Database) => Promise<void> | void): void {
  test(name, async () => {
    await using database = await openMigratedSqlite();
    await body(database);
  });
}

/** An empty PostgreSQL database with all migrations applied, copied from one that was migrated once; dropped on close. */
export async function createPostgresDatabase(): Promise<TestDatabase & { readonly url: string }> {
  shared ??= openShared();
  const { server, admin, template } = await shared;
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY wal_log`);
  const url = withDatabase(server.url, name);
  const database = await openPostgresql({ url, poolSize: 4 });
  return {
    database,
    url,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Lets go of the server when all that use it are over. Needed by files that call `createPostgresDatabase`. */
export function usesPostgres(): void {
  userCount += 1;
  after(async () => {
    userCount -= 1;
    if (userCount === 0) await closeShared();
  });
}

interface Shared {
  readonly server: PostgresServer;
  readonly admin: Client;
  readonly template: string;
}

/** One for all tests of the process. */
let shared: Promise<Shared> | undefined;
/** Files, or parts of them, whose tests are not over yet. */
let userCount = 0;

async function openShared(): Promise<Shared> {
  const server = await startPostgres();
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  const template = `template_${randomUUID().replaceAll("-", "")}`;
  await admin.query(`CREATE DATABASE ${template} TEMPLATE template0 ENCODING 'UTF8'`);
  await using database = await openPostgresql({ url: withDatabase(server.url, template), poolSize: 1 });
  await migrate(database);
  return { server, admin, template };
}

async function closeShared(): Promise<void> {
  if (!shared) return;
  const { server, admin, template } = await shared;
  shared = undefined;
  await admin.query(`DROP DATABASE ${template}`);
  await admin.end();
  await server[Symbol.asyncDispose]();
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
