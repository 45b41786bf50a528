import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "../../bus/change.ts";
import { Feed } from "./feed.ts";

const HOUR_MS = 3_600_000;

const change = (position: number): Change => ({ kind: "note", position });

/** A feed that knows everything from the start. */
function feedFrom(position: number, ephemeral = 0): Feed {
  const feed = new Feed("@alice:test", 0);
  feed.completeFrom({ position, ephemeral });
  return feed;
}

const positionsSince = (feed: Feed, position: number, ephemeral = 0): number[] | undefined =>
  feed.changesSince({ position, ephemeral })?.map((each) => each.position);

test("a feed tells what changed after a token, stored and not", () => {
  const feed = feedFrom(10, 100);
  for (const position of [11, 12, 15]) feed.add(change(position));
  feed.addEphemeral(101, change(0));
  assert.deepEqual(positionsSince(feed, 11, 101), [12, 15]);
  assert.deepEqual(positionsSince(feed, 13, 100), [15, 0]);
  assert.deepEqual(positionsSince(feed, 15, 101), []);
});

test("a feed does not know what lies before it, nor anything until it is complete", () => {
  const feed = new Feed("@alice:test", 0);
  feed.add(change(11));
  assert.equal(positionsSince(feed, 11), undefined);
  feed.completeFrom({ position: 11, ephemeral: 100 });
  assert.deepEqual(positionsSince(feed, 11, 100), []);
  assert.equal(positionsSince(feed, 10, 100), undefined);
  assert.equal(positionsSince(feed, 11, 99), undefined);
});

test("a feed remembers a bounded number of changes, and knows from where on", () => {
  const feed = feedFrom(0);
  for (let position = 1; position <= 5_000; position++) feed.add(change(position));
  assert.equal(positionsSince(feed, 0), undefined);
  assert.equal(positionsSince(feed, 5_000 - 511)?.length, 511);
  const known = Array.from({ length: 5_000 }, (_, position) => positionsSince(feed, position)).filter(Boolean);
  assert.ok(known.length <= 1_024, `${known.length} changes kept`);
  for (const positions of known) assert.equal(positions?.at(-1) ?? 5_000, 5_000);
});

test("a feed remembers a bounded number of what is never stored", () => {
  const feed = feedFrom(0);
  for (let serial = 1; serial <= 5_000; serial++) feed.addEphemeral(serial, change(0));
  assert.equal(positionsSince(feed, 0, 0), undefined);
  assert.equal(positionsSince(feed, 0, 4_990)?.length, 10);
});

test("of what is told as it is by then, a feed remembers the latest change alone", () => {
  const feed = feedFrom(0);
  const kindsSince = (ephemeral: number) => feed.changesSince({ position: 0, ephemeral })?.map(({ kind }) => kind);
  for (let serial = 1; serial <= 5_000; serial++) feed.addLatest(serial, { kind: "presence", position: 0 });
  assert.deepEqual([kindsSince(0), kindsSince(4_999), kindsSince(5_000)], [["presence"], ["presence"], []]);
});

test("all who wait are woken", async () => {
  const feed = feedFrom(0);
  const waiting = [1, 2].map(async () => await feed.wait(HOUR_MS, new AbortController().signal));
  assert.equal(feed.isWaitedFor, true);
  feed.wake();
  await Promise.all(waiting);
  assert.equal(feed.isWaitedFor, false);
});

test("waiting ends when the client goes, and does not begin for one who has gone", async () => {
  const feed = feedFrom(0);
  const controller = new AbortController();
  const waiting = feed.wait(HOUR_MS, controller.signal);
  controller.abort();
  await waiting;
  await feed.wait(HOUR_MS, controller.signal);
  assert.equal(feed.isWaitedFor, false);
});

test("waiting ends when the time is over", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const feed = feedFrom(0);
  const waiting = feed.wait(30_000, new AbortController().signal);
  context.mock.timers.tick(29_999);
  assert.equal(feed.isWaitedFor, true);
  context.mock.timers.tick(1);
  await waiting;
  assert.equal(feed.isWaitedFor, false);
});
