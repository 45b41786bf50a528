/** PostgreSQL stops, dies, or the line to it is cut at the worst moment: `commit` tells the truth, and all recovers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { migrate } from "../../src/store/migrations.ts";
import { openDatabase } from "../../src/store/open.ts";
import { openPostgresql } from "../../src/store/postgresql/postgresql.ts";
import { type Database, DatabaseUnavailable } from "../../src/store/sql.ts";
import { type CuttingProxy, type Decision, startCuttingProxy } from "../support/cutting-proxy.ts";
import { createPostgresDatabase, usesPostgres } from "../support/databases.ts";
import { startOwnPostgres } from "../support/postgres.ts";

const silent = { info: () => {}, warn: () => {} };

usesPostgres();

test("a server that stops makes the database unavailable, and is found again when it is back", async () => {
  await using server = await startOwnPostgres({ isDurable: true });
  await using database = await openPostgresql({ url: server.url });
  await migrate(database);
  await createTable(database);
  await insert(database, 1);
  await server.stop();
  await assert.rejects(insert(database, 2), DatabaseUnavailable);
  await assert.rejects(insert(database, 2), DatabaseUnavailable);
  await assert.rejects(readIds(database), DatabaseUnavailable);
  await server.start();
  await untilAvailable(async () => await insert(database, 3));
  assert.deepEqual(await readIds(database), [1, 3]);
});

test("what was acknowledged before the server was killed is there afterwards", async () => {
  await using server = await startOwnPostgres({ isDurable: true });
  await using database = await openPostgresql({ url: server.url });
  await migrate(database);
  await createTable(database);
  const acknowledged: number[] = [];
  const refused: number[] = [];
  let killed: Promise<void> | undefined;
  for (let id = 0; refused.length === 0; id++) {
    const written = insert(database, id);
    if (id === 50) killed = server.kill().then(async () => await server.start());
    await written.then(
      () => acknowledged.push(id),
      (error: unknown) => {
        assert.ok(error instanceof DatabaseUnavailable, String(error));
        refused.push(id);
      },
    );
  }
  await killed;
  await untilAvailable(async () => await insert(database, -1));
  assert.deepEqual(await readIds(database), [-1, ...acknowledged]);
});

test("a server that is not there yet is waited for", async () => {
  await using server = await startOwnPostgres({ isDurable: false });
  await server.stop();
  const warned = Promise.withResolvers<void>();
  const opening = openDatabase(
    { kind: "postgresql", url: server.url },
    { logger: { info: silent.info, warn: () => warned.resolve() } },
  );
  await warned.promise;
  await server.start();
  await using database = await opening;
  await createTable(database);
});

test("a server that never comes is given up", async () => {
  await using server = await startOwnPostgres({ isDurable: false });
  await server.stop();
  const opening = openDatabase({ kind: "postgresql", url: server.url }, { logger: silent, waitMs: 0 });
  await assert.rejects(opening, DatabaseUnavailable);
});

test("a commit whose answer was lost is found to be written", async () => {
  const { ids, result } = await commitThrough((sent) => (sent.includes("COMMIT") ? "pass and cut" : "pass"));
  assert.deepEqual(result, [{ ok: true, results: [{ rows: [{ id: 2 }], changes: 1 }] }]);
  assert.deepEqual(ids, [1, 2, 3]);
});

test("a commit that did not reach the server is unavailable, and nothing was written", async () => {
  const { ids, result } = await commitThrough((sent) => (sent.includes("COMMIT") ? "cut" : "pass"));
  assert.ok(result instanceof DatabaseUnavailable, String(result));
  assert.deepEqual(ids, [1, 3]);
});

test("a commit that reaches the server after the connection was made anew is waited for", async () => {
  const { ids, result } = await commitThrough((sent, proxy) => {
    if (sent.includes("COMMIT")) return "cut and pass later";
    if (sent.includes("UPDATE commits SET number = $2::bigint + 1")) proxy.release();
    return "pass";
  });
  assert.deepEqual(result, [{ ok: true, results: [{ rows: [{ id: 2 }], changes: 1 }] }]);
  assert.deepEqual(ids, [1, 2, 3]);
});

test("a connection lost before COMMIT was sent wrote nothing", async () => {
  const { ids, result } = await commitThrough((sent) => (sent.includes("BEGIN") ? "pass and cut" : "pass"));
  assert.ok(result instanceof DatabaseUnavailable, String(result));
  assert.deepEqual(ids, [1, 3]);
});

/** Inserts 1, then 2 while the proxy cuts once as decided, then 3. */
async function commitThrough(
  decide: (sent: string, proxy: CuttingProxy) => Decision,
): Promise<{ ids: number[]; result: unknown }> {
  await using made = await createPostgresDatabase();
  await using proxy = await startCuttingProxy(made.url);
  await using database = await openPostgresql({ url: proxy.url });
  await createTable(database);
  await insert(database, 1);
  let hasCut = false;
  proxy.decide((sent) => {
    const decision = decide(sent, proxy);
    if (decision === "pass" || hasCut) return "pass";
    hasCut = true;
    return decision;
  });
  const result = await database
    .commit([[{ text: "INSERT INTO things (id) VALUES ($1) RETURNING id", params: [2] }]])
    .catch((error: unknown) => error);
  await untilAvailable(async () => await insert(database, 3));
  return { ids: await readIds(made.database), result };
}

async function createTable(database: Database): Promise<void> {
  const [result] = await database.commit([[{ text: "CREATE TABLE things (id BIGINT PRIMARY KEY)", params: [] }]]);
  assert.ok(result?.ok);
}

async function insert(database: Database, id: number): Promise<void> {
  const [result] = await database.commit([[{ text: "INSERT INTO things (id) VALUES ($1)", params: [id] }]]);
  assert.ok(result?.ok);
}

async function readIds(database: Database): Promise<number[]> {
  const rows = await database.all<{ readonly id: number }>("SELECT id FROM things ORDER BY id");
  return rows.map(({ id }) => id);
}

/** Tries again as callers do, while the database says that it is unavailable. */
async function untilAvailable(work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
