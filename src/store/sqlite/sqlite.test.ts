import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Database, DatabaseUnavailable, DatabaseUnusable, type Row } from "../sql.ts";
import { openSqlite } from "./sqlite.ts";

const CREATE = "CREATE TABLE things (id BIGINT PRIMARY KEY, bytes BYTEA)";
const INSERT = "INSERT INTO things (id, bytes) VALUES ($1, $2)";
const COUNT = "SELECT count(*) AS n FROM things";

test("the file and its companions are for their owner alone", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "a.db");
  await using database = await openSqlite({ path });
  await run(database, CREATE);
  for (const file of [path, `${path}-wal`, `${path}.lock`]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
});

test("closing finishes what was committed and leaves one file with everything", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "a.db");
  const first = await openSqlite({ path });
  const done = [run(first, CREATE), insert(first, 1, 10), insert(first, 2, 10)];
  await first[Symbol.asyncDispose]();
  await Promise.all(done);
  assert.equal(statSync(`${path}-wal`, { throwIfNoEntry: false }), undefined);
  await assert.rejects(first.all(COUNT), DatabaseUnusable);
  await assert.rejects(first.commit([]), DatabaseUnusable);
  await using second = await openSqlite({ path });
  assert.deepEqual(await second.all(COUNT), [{ n: 2 }]);
});

test("a database that is open is refused to others, with its name", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "a.db");
  await using database = await openSqlite({ path });
  await assert.rejects(openSqlite({ path }), (error) => {
    assert.ok(error instanceof DatabaseUnusable);
    assert.equal(error.message, `${path} is in use by another process; only one may write it`);
    return true;
  });
  await run(database, CREATE);
});

test("a file that is no database is refused, and stays as it is", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "a.db");
  writeFileSync(path, "not a database, but long enough to be taken for one".repeat(100));
  await assert.rejects(openSqlite({ path }), (error) => {
    assert.ok(error instanceof DatabaseUnusable);
    assert.match(error.message, /a\.db is not a database of ours.*file is not a database/);
    return true;
  });
  assert.equal(statSync(path).size, 5100);
});

test("a folder that is not there makes the database unavailable", async () => {
  await assert.rejects(openSqlite({ path: join(tmpdir(), "no-such-folder", "a.db") }), DatabaseUnavailable);
});

test("a full disk fails whole groups as unavailable, reads go on, and space heals it", async () => {
  await using database = await openSqlite({ path: ":memory:" });
  await run(database, CREATE);
  await run(database, "PRAGMA max_page_count = 40");
  await assert.rejects(insert(database, 1, 1_000_000), DatabaseUnavailable);
  await assert.rejects(
    database.commit([
      [{ text: INSERT, params: [2, null] }],
      [{ text: INSERT, params: [3, new Uint8Array(1_000_000)] }],
    ]),
    DatabaseUnavailable,
  );
  assert.deepEqual(await database.all(COUNT), [{ n: 0 }]);
  await run(database, "PRAGMA max_page_count = 100000");
  await insert(database, 1, 1_000_000);
  assert.deepEqual(await database.all(COUNT), [{ n: 1 }]);
});

test("a database that became read-only is unavailable, and opened anew after a pause", async () => {
  await using database = await openSqlite({ path: ":memory:" });
  await run(database, CREATE);
  await run(database, "PRAGMA query_only = 1");
  await assert.rejects(insert(database, 1, 1), (error) => {
    assert.ok(error instanceof DatabaseUnavailable);
    assert.match(error.message, /readonly/);
    return true;
  });
  await untilWritten(async () => await insert(database, 1, 1));
  assert.deepEqual(await database.all(COUNT), [{ n: 1 }]);
});

test("the WAL stays bounded however much is written", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "a.db");
  await using database = await openSqlite({ path, synchronous: "off" });
  await run(database, CREATE);
  for (let id = 0; id < 60; id++) await insert(database, id, 1_000_000);
  assert.ok(statSync(`${path}-wal`).size < 30_000_000);
});

test("a read sees what was committed while earlier statements are kept prepared", async () => {
  await using database = await openSqlite({ path: ":memory:" });
  await run(database, CREATE);
  await database.all<Row>("SELECT * FROM things");
  await run(database, "ALTER TABLE things ADD COLUMN more TEXT");
  await insert(database, 1, 1);
  assert.deepEqual(await database.all("SELECT id, more FROM things"), [{ id: 1, more: null }]);
});

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "heddle-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

async function run(database: Database, text: string): Promise<void> {
  const [result] = await database.commit([[{ text, params: [] }]]);
  if (!result?.ok) throw result?.error ?? new Error("no answer");
}

async function insert(database: Database, id: number, sizeBytes: number): Promise<void> {
  const [result] = await database.commit([[{ text: INSERT, params: [id, new Uint8Array(sizeBytes)] }]]);
  if (!result?.ok) throw result?.error ?? new Error("no answer");
}

/** Tries again as callers do, while the database says that it is unavailable. */
async function untilWritten(write: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
    }
  }
}
