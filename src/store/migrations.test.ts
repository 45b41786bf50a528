import assert from "node:assert/strict";
import { test } from "node:test";
import { eachDatabase } from "../../test/support/databases.ts";
import { parseMigration, readMigrations } from "./migration-files.ts";
import { migrate } from "./migrations.ts";
import { type Database, DatabaseUnusable } from "./sql.ts";
import { openTestDatabase } from "./sqlite/sqlite.ts";

const step = (version: number, compatibleWith: number, sql: string) =>
  parseMigration(
    `${String(version).padStart(4, "0")}-step.sql`,
    `-- v${version} (compatible with v${compatibleWith}+): Step ${version}\n${sql}\n`,
  );

const newest = readMigrations().at(-1)?.version ?? 0;

eachDatabase("a database that is up to date is left as it is", async (database) => {
  assert.deepEqual((await migrate(database)).applied, []);
});

eachDatabase("a migration applies once, whatever its number", async (database) => {
  const added = step(newest + 1, 1, "CREATE TABLE added (id BIGINT); INSERT INTO added VALUES (1);");
  const migrations = [...readMigrations(), added];
  assert.deepEqual((await migrate(database, migrations)).applied, [added]);
  assert.deepEqual((await migrate(database, migrations)).applied, []);
  assert.deepEqual(await database.all("SELECT id FROM added"), [{ id: 1 }]);
});

eachDatabase("a migration that fails leaves nothing behind", async (database) => {
  const wrong = step(newest + 1, 1, "CREATE TABLE added (id BIGINT); INSERT INTO nowhere VALUES (1);");
  await assertUnusable(
    migrate(database, [...readMigrations(), wrong]),
    /Migration \d+ \("Step \d+"\) failed: .*nowhere/,
  );
  await assert.rejects(database.all("SELECT id FROM added"));
});

eachDatabase("two servers that migrate at once both find the work done", async (database) => {
  const migrations = [...readMigrations(), step(newest + 1, 1, "CREATE TABLE added (id BIGINT);")];
  const reports = await Promise.all([migrate(database, migrations), migrate(database, migrations)]);
  assert.equal(reports.flatMap(({ applied }) => applied).length, 1);
});

eachDatabase("an applied migration must not change", async (database) => {
  await migrate(database, [...readMigrations(), step(newest + 1, 1, "CREATE TABLE added (id BIGINT);")]);
  const changed = [...readMigrations(), step(newest + 1, 1, "CREATE TABLE added (id TEXT);")];
  await assertUnusable(migrate(database, changed), /was applied to the database in another form/);
});

eachDatabase("a newer schema is used when it says that this program can", async (database) => {
  await migrate(database, [...readMigrations(), step(newest + 1, newest, "CREATE TABLE added (id BIGINT);")]);
  assert.deepEqual((await migrate(database)).applied, []);
});

eachDatabase("a newer schema that needs a newer program is refused", async (database) => {
  await migrate(database, [...readMigrations(), step(newest + 1, newest + 1, "CREATE TABLE added (id BIGINT);")]);
  await assertUnusable(migrate(database), /needs a program of schema version \d+ or later.*install a newer version/);
});

test("the database of another program is refused by name", async () => {
  await using database = await openTestDatabase();
  await create(database, "CREATE TABLE state_groups_state (id BIGINT)");
  await assertUnusable(migrate(database), /belongs to Synapse \(it has a table "state_groups_state"\)/);
});

test("a foreign table of the same name as ours does not pass for it", async () => {
  await using database = await openTestDatabase();
  await create(database, "CREATE TABLE schema_migrations (version TEXT)");
  await assertUnusable(migrate(database), /belongs to another program/);
});

test("lines for the other dialect are left out, and semicolons in quotes and comments do not end a statement", () => {
  const migration = step(
    7,
    3,
    [
      "INSERT INTO a VALUES ('x;''y'); -- one; two",
      "-- only: postgresql",
      "CREATE TABLE p (id BIGINT);",
      "-- end only",
      "-- only: sqlite",
      "CREATE TABLE s (id BIGINT)",
      "-- end only",
    ].join("\n"),
  );
  assert.equal(migration.compatibleWith, 3);
  assert.deepEqual(migration.statements, {
    postgresql: ["INSERT INTO a VALUES ('x;''y')", "CREATE TABLE p (id BIGINT)"],
    sqlite: ["INSERT INTO a VALUES ('x;''y')", "CREATE TABLE s (id BIGINT)"],
  });
});

test("a malformed migration is refused with its name", () => {
  assert.throws(() => parseMigration("7-x.sql", "-- v7 (compatible with v1+): X\n"), /7-x.sql: a migration is named/);
  assert.throws(() => parseMigration("0007-x.sql", "CREATE TABLE x (id BIGINT);\n"), /0007-x.sql: the first line/);
  assert.throws(() => parseMigration("0007-x.sql", "-- v8 (compatible with v1+): X\n"), /0007-x.sql: .* says v8/);
  assert.throws(() => step(7, 1, "-- only: mysql"), /unknown mark/);
  assert.throws(() => step(7, 1, "-- only: sqlite"), /has no end/);
});

async function create(database: Database, text: string): Promise<void> {
  await database.commit([[{ text, params: [] }]]);
}

async function assertUnusable(promise: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof DatabaseUnusable, String(error));
    assert.match(error.message, message);
    return true;
  });
}
