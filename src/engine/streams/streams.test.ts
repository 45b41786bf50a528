import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { isEventChange } from "../rooms/event-change.ts";
import type { MembershipRecord } from "../rooms/memberships.store.ts";
import { alice, bob, creator, openEngineForTest, type TestEngine } from "../rooms/testing.ts";
import type { Feed } from "./feed.ts";
import { Streams } from "./streams.ts";
import type { SyncToken } from "./sync-token.ts";

const MINUTE_MS = 60_000;

/** What a feed tells of events since a token. */
const eventIdsSince = (feed: Feed, since: SyncToken): (string | undefined)[] | undefined =>
  feed.changesSince(since)?.map((change) => (isEventChange(change) ? change.event.eventId : undefined));

/** Streams of their own beside those of the engine. */
function openStreams(engine: TestEngine, parts: Partial<ConstructorParameters<typeof Streams>[0]>): Streams {
  const { bus, clock, partitions, rooms } = engine;
  return new Streams({ bus, clock, partitions, memberships: rooms.memberships, ...parts });
}

onSqlite("a feed tells its user of the rooms that the user is joined to", async (database) => {
  const engine = await openEngineForTest(database);
  const [own, foreign] = [await engine.room({ members: [alice] }), await engine.room()];
  const feed = await engine.streams.feed(alice);
  const since = engine.streams.now;
  const message = await own.say(creator, "Hello");
  await foreign.say(creator, "Not for Alice");
  assert.deepEqual(eventIdsSince(feed, since), [message.eventId]);
  assert.equal(engine.streams.now.position, engine.partitions.position);
  assert.equal(await engine.streams.feed(alice), feed);
});

onSqlite("a feed follows joins and leaves", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const feed = await engine.streams.feed(alice);
  const since = engine.streams.now;
  const invite = await room.invite(alice);
  await room.say(creator, "Before the join");
  const told = [invite, await room.join(alice), await room.say(creator, "Hello"), await room.kick(alice)];
  assert.deepEqual([...feed.rooms], []);
  await room.say(creator, "After the departure");
  assert.deepEqual(
    eventIdsSince(feed, since),
    told.map(({ eventId }) => eventId),
  );
});

onSqlite("who waits is woken by what concerns them alone, when all of it is told", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  const [hers, his] = [await engine.streams.feed(alice), await engine.streams.feed(bob)];
  const since = engine.streams.now;
  const signal = new AbortController();
  const found = hers.wait(60 * MINUTE_MS, signal.signal).then(() => eventIdsSince(hers, since)?.length);
  const waiting = his.wait(60 * MINUTE_MS, signal.signal);
  await Promise.all([room.say(creator, "1"), room.say(creator, "2")]);
  assert.equal(await found, 2);
  assert.equal(his.isWaitedFor, true);
  signal.abort();
  await waiting;
});

onSqlite("what is never stored reaches the members of a room, or one user", async (database) => {
  const engine = await openEngineForTest(database);
  const { roomId } = await engine.room({ members: [alice] });
  const [hers, his] = [await engine.streams.feed(alice), await engine.streams.feed(bob)];
  const since = engine.streams.now;
  const toRoom = { kind: "typing", position: 0, roomId };
  const toUser = { kind: "to-device", position: 0, userId: bob };
  engine.streams.publishEphemeral(toRoom);
  engine.streams.publishEphemeral(toUser);
  assert.deepEqual([hers.changesSince(since), his.changesSince(since)], [[toRoom], [toUser]]);
  assert.deepEqual(hers.changesSince(engine.streams.now), []);
});

onSqlite(
  "a change of which the latest matters is noted in the feeds given, and wakes when it is said",
  async (database) => {
    const engine = await openEngineForTest(database);
    const { roomId } = await engine.room({ members: [alice] });
    const [feed] = [await engine.streams.feed(alice), await engine.streams.feed(bob)];
    assert.deepEqual([...engine.streams.followersIn(roomId)], [feed]);
    assert.deepEqual([...engine.streams.followersIn("!unknown:test")], []);
    assert.deepEqual([engine.streams.followed(alice), engine.streams.followed(creator)], [feed, undefined]);
    const since = engine.streams.now;
    const waiting = feed.wait(60 * MINUTE_MS, new AbortController().signal);
    const change = { kind: "presence", position: 0 };
    const serial = engine.streams.noteLatest([feed], change);
    assert.deepEqual(
      [feed.isWaitedFor, feed.changesSince(since), engine.streams.now.ephemeral],
      [true, [change], serial],
    );
    engine.streams.wake([feed]);
    await waiting;
  },
);

onSqlite("after a restart a feed does not know what came before, and no token is ahead of it", async (database) => {
  const first = await openEngineForTest(database);
  const room = await first.room({ members: [alice] });
  await first.streams.feed(alice);
  const old = first.streams.now;
  await room.say(creator, "Hello");
  first.streams.publishEphemeral({ kind: "typing", position: 0, roomId: room.roomId });
  first.clock.advance(1_000);
  const engine = await first.reopen();
  const feed = await engine.streams.feed(alice);
  assert.equal(feed.changesSince(old), undefined);
  assert.equal(feed.changesSince(first.streams.now), undefined);
  assert.equal(engine.streams.now.position, first.streams.now.position);
  assert.ok(engine.streams.now.ephemeral > first.streams.now.ephemeral);
});

onSqlite("a feed that nobody used for long is dropped, unless somebody waits for it", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice, bob] });
  const feed = await engine.streams.feed(alice);
  await engine.streams.feed(bob);
  const signal = new AbortController();
  const waiting = feed.wait(60 * MINUTE_MS, signal.signal);
  engine.clock.advance(11 * MINUTE_MS);
  await room.say(creator, "Hello");
  assert.deepEqual([engine.streams.isFollowed(alice), engine.streams.isFollowed(bob)], [true, false]);
  await waiting;
});

onSqlite("when there are too many feeds, those in use stay", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice, bob] });
  const streams = openStreams(engine, { feedLimit: 1 });
  await streams.feed("@idle:test");
  engine.clock.advance(MINUTE_MS);
  const [hers, his] = [await streams.feed(alice), await streams.feed(bob)];
  assert.deepEqual([streams.isFollowed("@idle:test"), streams.feedCount], [false, 2]);
  const since = streams.now;
  const message = await room.say(creator, "Hello");
  for (const feed of [hers, his]) assert.deepEqual(eventIdsSince(feed, since), [message.eventId]);
});

onSqlite("a room that the user leaves while the feed is made is not followed", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  const reads: MembershipRecord[][] = [];
  const streams = openStreams(engine, {
    memberships: {
      ofUser: async (userId) => {
        const records = await engine.rooms.memberships.ofUser(userId);
        // The answer is on its way meanwhile.
        if (reads.push(records) === 1) await room.leave(alice);
        return records;
      },
    },
  });
  const feed = await streams.feed(alice);
  assert.deepEqual([reads.length, [...feed.rooms]], [2, []]);
  const since = streams.now;
  await room.say(creator, "Not for Alice");
  assert.deepEqual(feed.changesSince(since), []);
});

onSqlite("a room that is watched tells its events to nobody's feed until it is disposed of", async (database) => {
  const engine = await openEngineForTest(database);
  const [room, other] = [await engine.room(), await engine.room()];
  const feedCount = engine.streams.feedCount;
  const since = engine.streams.now;
  const watched = engine.streams.watch(room.roomId);
  const found = watched.feed.wait(60 * MINUTE_MS, new AbortController().signal);
  const message = await room.say(creator, "Hello");
  await other.say(creator, "Elsewhere");
  await found;
  assert.deepEqual(eventIdsSince(watched.feed, since), [message.eventId]);
  assert.equal(engine.streams.feedCount, feedCount);
  watched[Symbol.dispose]();
  await room.say(creator, "Not watched any more");
  assert.deepEqual(eventIdsSince(watched.feed, since), [message.eventId]);
  assert.equal(engine.streams.followersIn(room.roomId).size, 0);
});
