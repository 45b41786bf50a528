import assert from "node:assert/strict";
import { eachDatabase, onSqlite } from "../../../test/support/databases.ts";
import { MatrixError } from "../../http/errors.ts";
import type { Row } from "../../store/sql.ts";
import { BrittleDatabase } from "../partitions/testing.ts";
import { localSigner } from "./local-signer.ts";
import { Rooms } from "./rooms.ts";
import type { StoredEvent } from "./stored-event.ts";
import { alice, bob, creator, openEngineForTest, type TestEngine, testKey, TestRoom, testServer } from "./testing.ts";

const isForbidden = (error: unknown): boolean => error instanceof MatrixError && error.errcode === "M_FORBIDDEN";

const idsOf = (events: readonly StoredEvent[]): string[] => events.map(({ eventId }) => eventId);

/** The room's timeline from the database, the earliest first. */
async function timelineOf({ rooms }: TestEngine, roomId: string): Promise<StoredEvent[]> {
  const room = await rooms.require(roomId);
  const whole = { roomNid: room.nid, from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1_000 };
  return await rooms.events.forwards(whole);
}

/** What other servers and a restart see of a room's head. */
async function headOf({ rooms }: TestEngine, roomId: string): Promise<object> {
  const room = await rooms.require(roomId);
  const { lastPosition, publishedState, head } = room;
  return { lastPosition, publishedState, state: head.state, extremities: head.extremities };
}

for (const version of ["1", "6", "10", "11", "12"]) {
  // What the versions store differs in the events' text alone, but for their IDs.
  const define = version === "1" || version === "12" ? eachDatabase : onSqlite;
  define(`a room of version ${version} is made, joined, spoken in, and the same after a restart`, async (database) => {
    const engine = await openEngineForTest(database);
    const room = await engine.room({ version, members: [alice] });
    await room.say(alice, "Hello");
    await room.set("m.room.name", { name: "Loom" });
    const timeline = await timelineOf(engine, room.roomId);
    assert.deepEqual(
      timeline.map(({ pdu }) => pdu.type),
      [
        "m.room.create",
        "m.room.member",
        "m.room.power_levels",
        "m.room.join_rules",
        "m.room.member",
        "m.room.message",
        "m.room.name",
      ],
    );
    assert.deepEqual(
      timeline.map(({ pdu }) => pdu.depth),
      [1, 2, 3, 4, 5, 6, 7],
    );
    assert.match(room.roomId, version === "12" ? /^![\w-]{43}$/ : /^![\w-]{24}:test$/);
    assert.match(timeline[5]?.eventId ?? "", version === "1" ? new RegExp(`:${testServer}$`) : /^\$[\w+/-]{43}$/);
    const reopened = await engine.reopen();
    assert.deepEqual(await headOf(reopened, room.roomId), await headOf(engine, room.roomId));
    assert.deepEqual(await timelineOf(reopened, room.roomId), timeline);
    assert.equal((await reopened.existing(room.roomId).say(alice, "Again")).pdu.depth, 8);
  });
}

eachDatabase("every event has the state before and after it", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const first = await room.set("m.room.name", { name: "Warp" });
  const message = await room.say(creator, "Hello");
  const second = await room.set("m.room.name", { name: "Weft" });
  const nameIn = async (root: string): Promise<unknown> =>
    (await engine.rooms.stateEvent(root, "m.room.name", ""))?.pdu.content["name"];
  const reopened = await engine.reopen();
  for (const { rooms } of [engine, reopened]) {
    const events = await rooms.events.byPositions([first.position, message.position, second.position]);
    const names = await Promise.all(
      events.map(async ({ stateBefore, stateAfter }) => [await nameIn(stateBefore), await nameIn(stateAfter)]),
    );
    assert.deepEqual(names, [
      [undefined, "Warp"],
      ["Warp", "Warp"],
      ["Warp", "Weft"],
    ]);
    assert.deepEqual(
      events.map(({ replaces }) => replaces),
      [0, 0, first.position],
    );
  }
});

eachDatabase("the state of any time can be read, and what changed between two", async (database) => {
  const engine = await openEngineForTest(database);
  const testRoom = await engine.room();
  const name = await testRoom.set("m.room.name", { name: "Warp" });
  const message = await testRoom.say(creator, "Hello");
  const topic = await testRoom.set("m.room.topic", { topic: "Threads" });
  for (const { rooms } of [engine, await engine.reopen()]) {
    const room = await rooms.require(testRoom.roomId);
    const before = await rooms.stateAt(room, name.position - 1);
    assert.equal(before, name.stateBefore);
    assert.equal(await rooms.stateAt(room, message.position), name.stateAfter);
    assert.equal(await rooms.stateAt(room, topic.position), topic.stateAfter);
    assert.equal(await rooms.stateAt(room, topic.position + 100), topic.stateAfter);
    assert.equal(await rooms.stateAt(room, 0), "");
    assert.deepEqual(idsOf(await rooms.stateSince(before, topic.stateAfter)), [name.eventId, topic.eventId]);
    assert.deepEqual(idsOf(await rooms.stateSince(name.stateAfter, topic.stateAfter)), [topic.eventId]);
    assert.deepEqual(await rooms.stateSince(topic.stateAfter, topic.stateAfter), []);
    assert.equal((await rooms.fullState(topic.stateAfter)).length, 6);
  }
});

onSqlite("an event that is refused leaves nothing", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  const head = await headOf(engine, room.roomId);
  await assert.rejects(room.say(bob, "Let me in"), isForbidden);
  const halfDone = engine.rooms.write(room.roomId, (writer) => {
    writer.append({ type: "m.room.message", sender: alice, content: { body: "Hello" } });
    writer.append({ type: "m.room.name", stateKey: "", sender: alice, content: { name: "Mine" } });
  });
  await assert.rejects(halfDone, isForbidden);
  const memberRefused = engine.rooms.send(room.roomId, {
    type: "m.room.member",
    sender: alice,
    content: { membership: "join" },
  });
  await assert.rejects(memberRefused, MatrixError);
  assert.deepEqual(await headOf(engine, room.roomId), head);
  assert.deepEqual(await headOf(await engine.reopen(), room.roomId), head);
});

eachDatabase("a room that cannot be made as a whole is not made at all", async (database) => {
  const engine = await openEngineForTest(database);
  await assert.rejects(engine.room({ powerLevels: { state_default: 100, users: {} }, version: "10" }), isForbidden);
  assert.deepEqual(await database.all<Row>("SELECT room_id FROM rooms"), []);
  assert.deepEqual(await database.all<Row>("SELECT position FROM events"), []);
  assert.deepEqual(await database.all<Row>("SELECT user_id FROM memberships"), []);
});

onSqlite("nobody can tell a room that is not known from one that they are not in", async (database) => {
  const { rooms } = await openEngineForTest(database);
  await assert.rejects(rooms.require("!unknown:test"), isForbidden);
  assert.equal(await rooms.get("!unknown:test"), undefined);
});

eachDatabase(
  "a failed commit takes with it what was built on it; the next event builds on what is durable",
  async (database) => {
    const brittle = new BrittleDatabase(database);
    const engine = await openEngineForTest(brittle);
    const room = await engine.room({ members: [alice] });
    const head = await headOf(engine, room.roomId);
    const stale = await engine.rooms.require(room.roomId);
    brittle.isAvailable = false;
    const failed = await Promise.allSettled([room.say(alice, "Lost"), room.set("m.room.name", { name: "Lost" })]);
    assert.deepEqual(
      failed.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(stale.isStale, true);
    brittle.isAvailable = true;
    assert.deepEqual(await headOf(engine, room.roomId), head);
    assert.equal(await engine.rooms.read(room.roomId, (current) => current.state("m.room.name", "")), undefined);
    const kept = await room.say(alice, "Kept");
    assert.deepEqual(kept.pdu.prev_events, idsOf((await timelineOf(engine, room.roomId)).slice(-2, -1)));
  },
);

eachDatabase(
  "an event that the database refuses does not harm those of other users in the room for long",
  async (database) => {
    const engine = await openEngineForTest(database);
    const room = await engine.room({ members: [alice] });
    const spoilt = engine.rooms.write(room.roomId, (writer, tx) => {
      tx.run("INSERT INTO partitions (partition_id, position) VALUES (0, 0)", []);
      return writer.append({ type: "m.room.message", sender: creator, content: { body: "Spoilt" } });
    });
    const results = await Promise.allSettled([spoilt, room.say(alice, "On the way")]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    const kept = await room.say(alice, "Kept");
    const timeline = await timelineOf(engine, room.roomId);
    assert.deepEqual(kept.pdu.prev_events, [timeline.at(-2)?.eventId]);
    assert.equal(
      timeline.some(({ pdu }) => pdu.content["body"] === "On the way"),
      false,
    );
  },
);

onSqlite("events of one room sent at once stand one behind the other", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  const sent = await Promise.all(["1", "2", "3", "4"].map(async (body) => await room.say(alice, body)));
  const timeline = (await timelineOf(await engine.reopen(), room.roomId)).slice(-5);
  assert.deepEqual(idsOf(timeline.slice(1)), idsOf(sent));
  for (const [index, event] of timeline.slice(1).entries()) {
    assert.deepEqual(event.pdu.prev_events, [timeline[index]?.eventId]);
  }
});

eachDatabase("after a restart many who write at once share one room", async (database) => {
  const first = await openEngineForTest(database);
  const { roomId } = await first.room({ members: [alice, bob] });
  const engine = await first.reopen();
  const room = engine.existing(roomId);
  const sent = await Promise.all([room.say(alice, "1"), room.say(bob, "2"), room.say(creator, "3")]);
  assert.deepEqual(
    sent.map(({ pdu }) => pdu.depth).toSorted((a, b) => a - b),
    [7, 8, 9],
    "none forks the room",
  );
});

onSqlite("rooms that a user makes in the same millisecond are different rooms", async (database) => {
  const engine = await openEngineForTest(database);
  const rooms = await Promise.all(["11", "12", "12"].map(async (version) => await engine.room({ version })));
  assert.equal(new Set(rooms.map(({ roomId }) => roomId)).size, 3);
});

onSqlite(
  "rooms beyond a limit leave memory, the least recently used first, and come back as they were",
  async (database) => {
    const engine = await openEngineForTest(database);
    const made = [await engine.room(), await engine.room(), await engine.room()];
    const { clock, partitions } = engine;
    const signer = localSigner(testServer, testKey);
    const rooms = new Rooms({ sql: database, partitions, clock, signer, roomsInMemory: 2 });
    const [a = "", b = "", c = ""] = made.map(({ roomId }) => roomId);
    const [first, second] = [await rooms.require(a), await rooms.require(b)];
    assert.equal(await rooms.require(a), first);
    await rooms.require(c);
    assert.equal(await rooms.require(a), first);
    assert.notEqual(await rooms.require(b), second);
    await Promise.all(
      [a, b, c, a, b, c].map(async (roomId) => await new TestRoom(rooms, roomId, creator).say(creator, "Hello")),
    );
    for (const roomId of [a, b, c]) {
      const depths = (await timelineOf({ ...engine, rooms }, roomId)).map(({ pdu }) => pdu.depth);
      assert.deepEqual(depths, [1, 2, 3, 4, 5, 6], "the room is not forked");
    }
  },
);

onSqlite("a room with events on their way does not leave memory", async (database) => {
  const brittle = new BrittleDatabase(database);
  const engine = await openEngineForTest(brittle);
  const [busy, other] = [await engine.room(), await engine.room()];
  const { clock, partitions } = engine;
  const rooms = new Rooms({
    sql: brittle,
    partitions,
    clock,
    signer: localSigner(testServer, testKey),
    roomsInMemory: 1,
  });
  const room = await rooms.require(busy.roomId);
  await rooms.read(busy.roomId, (current) => current.state("m.room.name", ""));
  brittle.hold();
  const sending = new TestRoom(rooms, busy.roomId, creator).say(creator, "Hello");
  while (room.pendingCount === 0) await new Promise(setImmediate);
  await rooms.require(other.roomId);
  assert.equal(await rooms.require(busy.roomId), room);
  brittle.release();
  await sending;
  assert.equal(room.recentLast(1)?.[0]?.pdu.content["body"], "Hello");
});
