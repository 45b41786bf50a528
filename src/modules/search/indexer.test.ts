import assert from "node:assert/strict";
import { eachDatabase, onSqlite } from "../../../test/support/databases.ts";
import { BrittleDatabase } from "../../engine/partitions/testing.ts";
import { alice, openEngineForTest, type TestEngine } from "../../engine/rooms/testing.ts";
import { type Database, DatabaseUnavailable, type Statement } from "../../store/sql.ts";
import { Indexer } from "./indexer.ts";
import { readProgress } from "./indexer.store.ts";
import { search } from "./index.ts";
import { searchIndex } from "./search-index.ts";

const PATIENCE_MS = 60_000;

/** Positions of everything in the index with a word. */
async function indexed(database: Database, gram: string): Promise<number[]> {
  const { hits } = await searchIndex(database).find({ tokens: [[gram]], before: 10_000, limit: 10_000 });
  return hits.map(({ position }) => position).toReversed();
}

const indexerOf = (database: Database, engine: TestEngine): Indexer =>
  new Indexer({ database, bus: engine.bus, partitions: engine.partitions, index: searchIndex(database) });

async function manyMessages(engine: TestEngine, count: number): Promise<number[]> {
  const room = await engine.room({ members: [alice] });
  const events = await Promise.all(
    Array.from({ length: count }, async (_, number) => await room.say(alice, `word ${number}`)),
  );
  return events.map(({ position }) => position).toSorted((a, b) => a - b);
}

eachDatabase("everything is indexed once, in several transactions", async (database) => {
  const brittle = new BrittleDatabase(database);
  const engine = await openEngineForTest(database);
  const positions = await manyMessages(engine, 250);
  const indexer = indexerOf(brittle, engine);
  await Promise.all([indexer.catchUp(PATIENCE_MS), indexer.catchUp(PATIENCE_MS)]);
  assert.deepEqual(await indexed(database, "wor"), positions);
  assert.equal(brittle.groupSizes.length, 3);
  await indexer.stop();
});

eachDatabase("who is killed in between goes on where the last transaction ended", async (database) => {
  const brittle = new BrittleDatabase(database);
  const engine = await openEngineForTest(database);
  const positions = await manyMessages(engine, 250);
  const killed = indexerOf(
    {
      dialect: database.dialect,
      all: async (text, params) => await database.all(text, params),
      get: async (text, params) => await database.get(text, params),
      async commit(transactions) {
        const results = await brittle.commit(transactions);
        brittle.isAvailable = false;
        return results;
      },
      [Symbol.asyncDispose]: async () => await Promise.resolve(),
    },
    engine,
  );
  await assert.rejects(killed.catchUp(PATIENCE_MS), DatabaseUnavailable);
  await killed.stop();
  const half = await indexed(database, "wor");
  assert.ok(half.length > 0 && half.length < positions.length);
  assert.equal(await readProgress(database), 100);
  const next = indexerOf(database, await engine.reopen());
  await next.catchUp(PATIENCE_MS);
  assert.deepEqual(await indexed(database, "wor"), positions);
  await next.stop();
});

eachDatabase("a redaction takes an event out of the index in its own transaction", async (database) => {
  const engine = await openEngineForTest(database);
  const module = search({ ...engine, ignoredBy: async () => await Promise.resolve(new Set<string>()) });
  const room = await engine.room({ members: [alice] });
  const [first, second] = [await room.say(alice, "word one"), await room.say(alice, "word two")];
  const indexer = indexerOf(database, engine);
  await indexer.catchUp(PATIENCE_MS);
  await room.redact(alice, first);
  assert.deepEqual(await indexed(database, "wor"), [second.position]);
  await indexer.stop();
  await module.dispose?.();
});

onSqlite("whoever has waited long enough waits no more, and the work goes on", async (database) => {
  const brittle = new BrittleDatabase(database);
  const engine = await openEngineForTest(database);
  const positions = await manyMessages(engine, 3);
  const indexer = indexerOf(brittle, engine);
  brittle.hold();
  await indexer.catchUp(1);
  assert.deepEqual(await indexed(database, "wor"), []);
  brittle.release();
  await indexer.catchUp(PATIENCE_MS);
  assert.deepEqual(await indexed(database, "wor"), positions);
  await indexer.stop();
});

onSqlite("a message writes nothing more in its transaction, and its time in the index is shared", async (database) => {
  const written: Statement[] = [];
  const engine = await openEngineForTest({
    dialect: database.dialect,
    all: async (text, params) => await database.all(text, params),
    get: async (text, params) => await database.get(text, params),
    async commit(transactions) {
      written.push(...transactions.flat());
      return await database.commit(transactions);
    },
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  });
  const module = search({ ...engine, ignoredBy: async () => await Promise.resolve(new Set<string>()) });
  const room = await engine.room({ members: [alice] });
  written.length = 0;
  await room.say(alice, "hello");
  const tables = written.map(({ text }) => /(?:INSERT INTO|UPDATE) (\w+)/.exec(text)?.[1]);
  assert.deepEqual(tables, ["partitions", "events"]);
  await module.dispose?.();
});
