import { test } from "node:test";
import { migrate } from "../../src/store/migrations.ts";
import { openTestDatabase } from "../../src/store/sqlite/sqlite.ts";
import type { Database } from "../../src/store/sql.ts";

/** An empty database with all migrations applied, deleted on close. */
export async function openMigratedSqlite(): Promise<Database> {
  const database = await openTestDatabase();
  await migrate(database);
  return database;
}

/** Defines a test that runs on SQLite and on PostgreSQL, each time with an empty database of the current schema. */
export function eachDatabase(name: string, body: (database: Database) => Promise<void> | void): void {
  test(`${name} (SQLite)`, async () => {
    await using database = await openMigratedSqlite();
    await body(database);
  });
}
