/** What presence costs in a room of a thousand, of whom two hundred follow. */
import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import type { Feed } from "../../engine/streams/feed.ts";
import { TestPresence } from "./testing.ts";

const MEMBERS = 1_000;
const FOLLOWERS = 200;

const userId = (n: number): string => `@u${n}:test`;

/** A room in which the first members follow, each waiting for news until the test is over. */
async function crowd(test: TestPresence, { signal }: AbortController): Promise<Feed[]> {
  await test.engine.room({ members: Array.from({ length: MEMBERS }, (_, n) => userId(n)) });
  const feeds: Feed[] = [];
  for (let n = 0; n < FOLLOWERS; n++) feeds.push(await test.engine.streams.feed(userId(n)));
  for (const feed of feeds) void feed.wait(3_600_000, signal);
  return feeds;
}

const waitingIn = (feeds: readonly Feed[]): number => feeds.filter((feed) => feed.isWaitedFor).length;

onSqlite("a change wakes no more than fifty at once, the others in turn, and notes it for all", async (database) => {
  using test = await TestPresence.open(database);
  const gone = new AbortController();
  using _ = { [Symbol.dispose]: () => gone.abort() };
  const feeds = await crowd(test, gone);
  const since = test.engine.streams.now;
  await test.presences.set({ userId: userId(MEMBERS - 1), deviceId: "D" }, "online", undefined);
  assert.equal(waitingIn(feeds), 150);
  for (const feed of feeds) assert.equal(feed.changesSince(since)?.length, 1);
  for (const left of [100, 50, 0]) {
    test.pass(1_000);
    assert.equal(waitingIn(feeds), left);
  }
});

onSqlite("the changes of a second are told together", async (database) => {
  using test = await TestPresence.open(database);
  const gone = new AbortController();
  using _ = { [Symbol.dispose]: () => gone.abort() };
  const feeds = await crowd(test, gone);
  for (let n = 500; n < 600; n++) await test.sync(userId(n));
  assert.equal(waitingIn(feeds), 150);
  // The first is told at once, the others after the pause.
  const since = test.engine.streams.now.ephemeral;
  assert.deepEqual(await test.news(userId(0), since), []);
  test.pass(1_000);
  assert.equal((await test.news(userId(0), since)).length, 99);
});

onSqlite("who has been told is not woken for it", async (database) => {
  using test = await TestPresence.open(database);
  const gone = new AbortController();
  using _ = { [Symbol.dispose]: () => gone.abort() };
  const feeds = await crowd(test, gone);
  const since = test.engine.streams.now.ephemeral;
  await test.sync(userId(MEMBERS - 1));
  for (let n = 0; n < FOLLOWERS; n++) await test.news(userId(n), since);
  test.pass(1_000);
  assert.equal(waitingIn(feeds), 150);
  assert.equal(test.presences.teller.isBusy, false);
});
