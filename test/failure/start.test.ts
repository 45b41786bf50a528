/** A start that cannot succeed says why, in one message, ends with the right code, and leaves everything as it was. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { HomeserverClient } from "../../bench/client.ts";
import { register } from "../../bench/registration.ts";
import { migrate } from "../../src/store/migrations.ts";
import { openSqlite } from "../../src/store/sqlite/sqlite.ts";
import { startServer } from "../support/server.ts";
import { plainConfig, type RefusedStart, startRefused } from "./refused-start.ts";

test("the database of another program is refused by name, and not touched", async (t) => {
  const file = join(await temporaryFolder(t), "synapse.db");
  withSqlite(file, "CREATE TABLE state_groups_state (a INTEGER); INSERT INTO state_groups_state VALUES (1)");
  await assertRefused(t, file, /belongs to Synapse.*configure an empty database/);
});

test("the database of an unknown program is refused, and not touched", async (t) => {
  const file = join(await temporaryFolder(t), "notes.db");
  withSqlite(file, "CREATE TABLE notes (a INTEGER); INSERT INTO notes VALUES (1)");
  await assertRefused(t, file, /belongs to another program \(it has a table "notes"\)/);
});

test("a database of a newer schema is refused, and not touched", async (t) => {
  const file = join(await temporaryFolder(t), "newer.db");
  await makeDatabase(file);
  withSqlite(file, "INSERT INTO schema_migrations VALUES (9999, 9998, 'from the future', '')");
  await assertRefused(t, file, /schema version 9999, which needs a program of schema version 9998 or later/);
});

test("a file that is no database is refused, and not touched", async (t) => {
  const file = join(await temporaryFolder(t), "letter.txt");
  await writeFile(file, "Dear reader,\n".repeat(1000));
  await assertRefused(t, file, /letter\.txt is not a database of ours/);
});

test("a folder in the place of the database is refused", async (t) => {
  const folder = await temporaryFolder(t);
  assertIsRefusal(await startRefused(folder, plainConfig(`sqlite:${folder}`)), /cannot be used/);
});

test("a database that may not be written is refused, and not touched", async (t) => {
  const file = join(await temporaryFolder(t), "read-only.db");
  await makeDatabase(file);
  await chmod(file, 0o444);
  await assertRefused(t, file, /read-only\.db cannot be used now: EACCES/, mortal());
});

test("a second server on the same database is refused, and the first one goes on", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "shared.db");
  await using server = await startServer({ database: `sqlite:${file}` });
  await using client = new HomeserverClient(server.baseUrl);
  const user = await register(client, "first", undefined);
  const roomId = await user.createRoom();
  assertIsRefusal(await startRefused(folder, plainConfig(`sqlite:${file}`)), /shared\.db is in use by another process/);
  await user.send(roomId, "still here");
});

test("a port in use is named", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const address = other.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const start = await startRefused(await temporaryFolder(t), plainConfig("sqlite", port));
  assertIsRefusal(start, new RegExp(`127\\.0\\.0\\.1:${port}\\b.*in use`));
});

test("a wrong configuration ends with 78, and names key and line", async (t) => {
  const folder = await temporaryFolder(t);
  const { code, said } = await startRefused(folder, { ...plainConfig("sqlite"), databaze: "sqlite" });
  assert.equal(code, 78, said.join("\n"));
  assert.match(said.join("\n"), /databaze.*\bdatabase\b/s);
});

async function assertRefused(
  t: TestContext,
  file: string,
  reason: RegExp,
  wrapper: readonly string[] = [],
): Promise<void> {
  const before = await readFile(file);
  const start = await startRefused(await temporaryFolder(t), plainConfig(`sqlite:${file}`), wrapper);
  assertIsRefusal(start, reason);
  assert.ok(before.equals(await readFile(file)), "the file was changed");
}

function assertIsRefusal({ code, said }: RefusedStart, reason: RegExp): void {
  assert.match(said.join("\n"), reason);
  assert.equal(code, 1);
  assert.equal(said.length, 1, `more than one line: ${said.join("\n")}`);
}

/** A command that starts another one without the right of root to write what is read-only. */
function mortal(): readonly string[] {
  return process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"] : [];
}

async function makeDatabase(file: string): Promise<void> {
  await using database = await openSqlite({ path: file });
  await migrate(database);
}

function withSqlite(file: string, statements: string): void {
  const database = new DatabaseSync(file);
  database.exec(statements);
  database.close();
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-start-"));
  t.after(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}
