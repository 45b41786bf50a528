import assert from "node:assert/strict";
import { eachDatabase, onSqlite } from "../../../test/support/databases.ts";
import type { Database } from "../../store/sql.ts";
import { previewable } from "./previewable.ts";
import { EMPTY_ROOT } from "./state/node.ts";
import { summariesOf, summaryOf } from "./room-summary.ts";
import type { Room } from "./room.ts";
import type { RoomWriter } from "./room-writer.ts";
import { alice, bob, creator, openEngineForTest, type TestEngine, type TestRoom } from "./testing.ts";

/** A database that counts what is asked of it. */
function counting(database: Database, count: { queries: number }): Database {
  return {
    dialect: database.dialect,
    async all(text, params) {
      count.queries++;
      return await database.all(text, params);
    },
    async get(text, params) {
      count.queries++;
      return await database.get(text, params);
    },
    commit: async (transactions) => await database.commit(transactions),
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
}

const roomOf = async (engine: TestEngine, { roomId }: TestRoom): Promise<Room> => await engine.rooms.require(roomId);

onSqlite("many rooms are read with as many queries as a few", async (database) => {
  const count = { queries: 0 };
  const engine = await openEngineForTest(counting(database, count));
  const roomIds: string[] = [];
  for (let n = 0; n < 40; n++) {
    const room = await engine.room({ members: [alice] });
    await room.set("m.space.child", { via: ["test"] }, "!a:test");
    roomIds.push(room.roomId);
  }
  const queriesFor = async (ids: readonly string[]): Promise<number> => {
    const { rooms } = await engine.reopen();
    count.queries = 0;
    const list = await rooms.getMany(ids);
    assert.equal((await previewable(rooms, list, bob)).size, ids.length);
    const states = await rooms.statesBesideMembers(list.map(({ publishedState }) => publishedState));
    assert.ok(states.every((state) => state.some(({ pdu }) => pdu.type === "m.space.child")));
    assert.deepEqual(new Set((await summariesOf(rooms, list)).map((each) => each.num_joined_members)), new Set([2]));
    return count.queries;
  };
  assert.equal(await queriesFor(roomIds), await queriesFor(roomIds.slice(0, 4)));
});

eachDatabase("rooms that are asked for at the same time, in whichever way, are the same", async (database) => {
  const first = await openEngineForTest(database);
  const [a, b] = [(await first.room()).roomId, (await first.room()).roomId];
  const { rooms } = await first.reopen();
  const [alone, many, all] = await Promise.all([
    rooms.get(a),
    rooms.getMany([b, "!unknown:test", "nonsense", a, a]),
    rooms.getMany([a, b]),
  ]);
  assert.deepEqual(
    many.map(({ roomId }) => roomId),
    [b, a, a],
  );
  assert.equal(many[1], alone);
  assert.deepEqual(all, [alone, many[0]]);
  assert.equal(many[1]?.publishedState, (await first.rooms.require(a)).publishedState);
  assert.deepEqual(await rooms.getMany([]), []);
});

eachDatabase("the state beside the members is what holds now, of every room its own", async (database) => {
  const engine = await openEngineForTest(database);
  const [first, second] = [await engine.room(), await engine.room()];
  await first.set("m.space.child", { via: ["a"] }, "!a:test");
  await first.set("m.space.child", { via: ["b"] }, "!a:test");
  await second.set("m.space.child", { via: ["c"] }, "!c:test");
  const [a, b] = [await roomOf(engine, first), await roomOf(engine, second)];
  const roots = [a.publishedState, EMPTY_ROOT, b.publishedState, a.publishedState];
  const states = await engine.rooms.statesBesideMembers(roots);
  const vias = states.map((state) =>
    state.filter(({ pdu }) => pdu.type === "m.space.child").map(({ pdu }) => pdu.content["via"]),
  );
  assert.deepEqual(vias, [[["b"]], [], [["c"]], [["b"]]]);
  assert.equal(states[0]?.[0]?.pdu.type, "m.room.create", "the oldest comes first");
  assert.ok(states[0].every(({ pdu }) => pdu.type !== "m.room.member"));
  assert.deepEqual(await summariesOf(engine.rooms, [a]), [await summaryOf(engine.rooms, a)]);
});

for (const [what, set, strangers, anybody] of [
  ["public", { join_rule: "public" }, true, true],
  ["for invited people", { join_rule: "invite" }, false, false],
  ["knockable", { join_rule: "knock" }, true, true],
  ["knockable or restricted", { join_rule: "knock_restricted", allow: [] }, true, true],
  [
    "restricted to a room that nobody knows",
    { join_rule: "restricted", allow: [1, { room_id: "!a:test" }] },
    false,
    false,
  ],
] as const) {
  eachDatabase(`who may know of a room that is ${what}`, async (database) => {
    const engine = await openEngineForTest(database);
    const testRoom = await engine.room({ preset: "private_chat", members: [alice] });
    await testRoom.set("m.room.join_rules", set);
    const room = await roomOf(engine, testRoom);
    const isTold = async (userId?: string): Promise<boolean> =>
      (await previewable(engine.rooms, [room], userId)).has(room);
    assert.deepEqual([await isTold(alice), await isTold(bob), await isTold()], [true, strangers, anybody]);
    await testRoom.kick(alice);
    assert.equal(await isTold(alice), strangers, "who has left is a stranger");
    await testRoom.ban(alice);
    assert.equal(await isTold(alice), false);
    await testRoom.set("m.room.history_visibility", { history_visibility: "world_readable" });
    assert.deepEqual([await isTold(alice), await isTold(bob), await isTold()], [true, true, true]);
  });
}

eachDatabase("a join rule that the room's version does not know opens nothing", async (database) => {
  const engine = await openEngineForTest(database);
  const club = await engine.room({ members: [bob] });
  const allow = [{ type: "m.room_membership", room_id: club.roomId }];
  const told: boolean[] = [];
  for (const version of ["6", "7", "8"]) {
    const testRoom = await engine.room({ version, preset: "private_chat" });
    const room = await roomOf(engine, testRoom);
    for (const join_rule of ["knock", "restricted"]) {
      await testRoom.set("m.room.join_rules", { join_rule, allow });
      told.push((await previewable(engine.rooms, [room], bob)).has(room));
    }
  }
  assert.deepEqual(told, [false, false, true, false, true, true]);
});

eachDatabase("a room that is made in another's transaction is there with it or not at all", async (database) => {
  const engine = await openEngineForTest(database);
  const { rooms } = engine;
  const old = await engine.room({ version: "11" });
  const { rules } = await roomOf(engine, old);
  const content = { room_version: "11" };
  const attempt = async (fate: (writer: RoomWriter) => void): Promise<string> => {
    const roomId = rooms.newRoomId();
    const made = rooms.write(old.roomId, (writer, tx) => {
      writer.append({ type: "m.room.message", sender: creator, content: {} });
      const create = { rules, creator, content, isPublished: false, roomId };
      const member = { type: "m.room.member", sender: creator, stateKey: creator, content: { membership: "join" } };
      rooms.createIn(tx, create, (inner) => inner.append(member));
      fate(writer);
      if (fate === spoil) tx.run("INSERT INTO partitions (partition_id, position) VALUES (0, 0)", []);
    });
    if (fate === succeed) await made;
    else await assert.rejects(made);
    return roomId;
  };
  const [broken, spoilt] = [await attempt(refuse), await attempt(spoil)];
  assert.deepEqual(await rooms.getMany([broken, spoilt]), []);
  const made = await attempt(succeed);
  const reopened = await engine.reopen();
  assert.equal((await reopened.rooms.require(made)).roomId, made);
  assert.deepEqual(await reopened.rooms.getMany([broken, spoilt]), []);
});

const succeed = (): void => undefined;
const spoil = (): void => undefined;
const refuse = (): void => {
  throw new RangeError("no");
};
