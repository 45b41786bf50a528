import assert from "node:assert/strict";
import { eachDatabase, onSqlite } from "../../../test/support/databases.ts";
import { alice, bob, creator } from "../../engine/rooms/testing.ts";
import { TestPresence } from "./testing.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

onSqlite("without a sync for half a minute a user is offline, but not while a sync waits", async (database) => {
  using test = await TestPresence.open(database);
  const waiting = await test.presences.sync({ userId: alice, deviceId: "D" }, undefined);
  test.pass(2 * MINUTE_MS);
  assert.equal(test.shown(alice), "online");
  waiting[Symbol.dispose]();
  test.pass(29 * SECOND_MS);
  assert.equal(test.shown(alice), "online");
  test.pass(SECOND_MS);
  assert.equal(test.shown(alice), "offline");
});

onSqlite("who does nothing is active no more after a minute, idle after five, and back by doing", async (database) => {
  using test = await TestPresence.open(database);
  await test.sync(alice);
  const stay = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += 20 * SECOND_MS) {
      test.pass(20 * SECOND_MS);
      await test.sync(alice);
    }
  };
  assert.equal(test.shown(alice), "online active");
  await stay(MINUTE_MS);
  assert.equal(test.shown(alice), "online");
  await stay(4 * MINUTE_MS);
  assert.equal(test.shown(alice), "unavailable");
  test.presences.isActive(alice);
  assert.equal(test.shown(alice), "online active");
  await stay(5 * MINUTE_MS);
  await test.sync(alice, "online");
  assert.equal(test.shown(alice), "online active");
});

onSqlite("what a client set by a request ends when the client is gone", async (database) => {
  using test = await TestPresence.open(database);
  await test.presences.set({ userId: alice, deviceId: "D" }, "unavailable", undefined);
  await test.sync(alice);
  assert.equal(test.shown(alice), "unavailable");
  test.pass(MINUTE_MS);
  assert.equal(test.shown(alice), "offline");
  await test.sync(alice);
  assert.equal(test.shown(alice), "online active");
});

onSqlite("of a user's devices the most present one counts, and no more than twenty", async (database) => {
  using test = await TestPresence.open(database);
  const set = async (deviceId: string, state: "online" | "offline") =>
    await test.presences.set({ userId: alice, deviceId }, state, undefined);
  await set("PHONE", "online");
  await set("LAPTOP", "offline");
  assert.equal(test.shown(alice), "online active");
  for (let n = 0; n < 20; n++) await set(`D${n}`, "offline");
  assert.equal(test.shown(alice), "offline");
});

eachDatabase("when a user goes offline, those who share a room learn it", async (database) => {
  using test = await TestPresence.open(database);
  const { streams } = test.engine;
  await test.engine.room({ members: [alice, bob] });
  await streams.feed(bob);
  await test.sync(alice);
  const since = streams.now.ephemeral;
  // Time alone is no news.
  test.pass(20 * SECOND_MS);
  assert.deepEqual(await test.news(bob, since), []);
  test.pass(20 * SECOND_MS);
  assert.deepEqual(await test.news(bob, since), [`${alice} "offline"`]);
  assert.deepEqual(await test.news(bob, streams.now.ephemeral), []);
});

eachDatabase("one whose client is long gone is still told of, to those who share a room", async (database) => {
  using test = await TestPresence.open(database);
  const { streams } = test.engine;
  const room = await test.engine.room({ members: [alice, bob] });
  const since = streams.now.ephemeral;
  await test.sync(alice);
  test.pass(MINUTE_MS);
  test.engine.clock.advance(10 * MINUTE_MS);
  await streams.feed(bob);
  // The feeds that nobody uses are dropped with the next event.
  await room.say(creator, "Hello");
  assert.equal(streams.followed(alice), undefined);
  assert.deepEqual(await test.news(bob, since), [`${alice} "offline"`]);
  assert.deepEqual(await test.news("@stranger:test", since), []);
});

eachDatabase("a deactivated user leaves nothing behind", async (database) => {
  using test = await TestPresence.open(database);
  await test.users.accounts.create({ userId: alice, password: "correct horse" });
  await test.presences.set({ userId: alice, deviceId: "D" }, "online", "Here");
  await test.users.accounts.deactivate(alice);
  assert.equal(test.presences.get(alice), undefined);
  await test.sync(alice);
  assert.equal(test.presences.get(alice)?.statusMsg, undefined);
});
