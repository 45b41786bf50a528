import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { openEngineForTest, testServer } from "../../engine/rooms/testing.ts";
import type { Database } from "../../store/sql.ts";
import { CrossSigningKeys } from "../cross-signing/index.ts";
import { Claims } from "./claims.ts";
import { DeviceLists } from "./device-lists.ts";
import { KeyCountsOfDevices } from "./key-counts.ts";
import { queryKeys } from "./query.ts";

const CROWD = 1_000;

/** A database that counts what goes through it. */
function counted(database: Database) {
  const count = { reads: 0, writes: 0 };
  const counting: Database = {
    dialect: database.dialect,
    all: async (text, params) => {
      count.reads++;
      return await database.all(text, params);
    },
    get: async (text, params) => {
      count.reads++;
      return await database.get(text, params);
    },
    commit: async (transactions) => {
      count.writes += transactions.flat().length;
      return await database.commit(transactions);
    },
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
  return { counting, count };
}

eachDatabase("a change of one of a thousand in a room is one row, and no query for any of them", async (database) => {
  const { counting, count } = counted(database);
  const engine = await openEngineForTest(counting);
  const { partitions, rooms, streams, bus } = engine;
  const userIds = Array.from({ length: CROWD }, (_, n) => `@member${n}:${testServer}`);
  await engine.room({ members: userIds });
  for (const userId of userIds) await streams.feed(userId);
  const work: Promise<void>[] = [];
  const background = (_name: string, done: Promise<void>): void => void work.push(done);
  const { memberships, events } = rooms;
  using lists = new DeviceLists({ sql: counting, bus, partitions, memberships, events, streams, background });
  const [changed = ""] = userIds;
  const since = streams.now;
  Object.assign(count, { reads: 0, writes: 0 });
  await partitions.of(changed).commit(changed, (tx) => lists.announce(tx, changed));
  await Promise.all(work);
  for (const userId of userIds) {
    const changes = (await streams.feed(userId)).changesSince(since);
    assert.equal(changes?.length, 1);
    assert.equal(lists.isDue(userId, since.position), true);
    assert.equal(lists.isDue(userId, streams.now.position), false);
    const news = await lists.between(userId, { from: since.position, until: streams.now.position }, { isInFeed: true });
    assert.deepEqual(news, { changed: [changed], left: [] });
  }
  assert.deepEqual(count, { reads: 0, writes: 2 });
});

eachDatabase("a join that a thousand are told of is read once for all of them", async (database) => {
  const { counting, count } = counted(database);
  const engine = await openEngineForTest(counting);
  const { partitions, rooms, streams, bus } = engine;
  const userIds = Array.from({ length: CROWD }, (_, n) => `@member${n}:${testServer}`);
  const room = await engine.room({ members: userIds });
  for (const userId of userIds) await streams.feed(userId);
  const { memberships, events } = rooms;
  const needs = { sql: counting, bus, partitions, memberships, events, streams };
  using lists = new DeviceLists({ ...needs, background: () => {} });
  const since = streams.now;
  const newcomer = `@newcomer:${testServer}`;
  await room.join(newcomer);
  Object.assign(count, { reads: 0, writes: 0 });
  for (const userId of userIds) {
    const news = await lists.between(userId, { from: since.position, until: streams.now.position }, { isInFeed: true });
    assert.deepEqual(news, { changed: [newcomer], left: [] });
  }
  assert.deepEqual(count, { reads: 1, writes: 0 });
});

eachDatabase(
  "the keys of fifty users are four queries, and a claim from all of them is two statements",
  async (database) => {
    const { counting, count } = counted(database);
    const { partitions, rooms, streams, bus } = await openEngineForTest(counting);
    const { memberships, events } = rooms;
    const sql = counting;
    using deviceLists = new DeviceLists({ sql, bus, partitions, memberships, events, streams, background: () => {} });
    const crossSigning = new CrossSigningKeys({ sql, partitions, deviceLists });
    const userIds = Array.from({ length: 50 }, (_, n) => `@member${n}:${testServer}`);
    Object.assign(count, { reads: 0, writes: 0 });
    const wanted = userIds.map((userId) => [userId, []] as const);
    await queryKeys({ sql, crossSigning }, wanted, { viewer: "@alice:test", failures: {} });
    assert.deepEqual(count, { reads: 4, writes: 0 });
    const claims = new Claims({ sql, partitions, counts: new KeyCountsOfDevices(sql) });
    await claims.claim(userIds.map((userId) => ({ userId, deviceId: "A", algorithm: "signed_curve25519" })));
    // The first statement is that of the log.
    assert.deepEqual(count, { reads: 4, writes: 3 });
  },
);
