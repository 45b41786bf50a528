import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import type { Change } from "../../bus/change.ts";
import { alice, bob, openEngineForTest, type TestRoom } from "../../engine/rooms/testing.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import type { Database } from "../../store/sql.ts";
import { createReceipts, isReceiptChange, type NewReceipt } from "./receipts.ts";

async function start(database: Database) {
  const engine = await openEngineForTest(database);
  const { users } = await createUsersForTest(database);
  const receipts = createReceipts({ ...engine, sql: database, users });
  const changes: Change[] = [];
  engine.bus.subscribe((announcement) => changes.push(...announcement.changes.filter(isReceiptChange)));
  const move = async ({ roomId }: TestRoom, some: readonly NewReceipt[]): Promise<void> =>
    await receipts.move(await engine.rooms.require(roomId), some);
  return { ...engine, receipts, changes, move };
}

const read = (userId: string, event: StoredEvent, over: Partial<NewReceipt> = {}): NewReceipt => ({
  userId,
  type: "m.read",
  threadId: "",
  eventId: event.eventId,
  ordering: event.ordering ?? 0,
  ...over,
});

eachDatabase("how far a user has read is told by thread, of both kinds the further", async (database) => {
  const engine = await start(database);
  const [room, other, untouched] = [await engine.room(), await engine.room(), await engine.room()];
  const [first, second] = [await room.say(room.creator, "1"), await room.say(room.creator, "2")];
  const isPrivate = { type: "m.read.private" } as const;
  await engine.move(room, [
    read(alice, first),
    read(alice, second, isPrivate),
    read(alice, second, { threadId: "main" }),
    read(alice, first, { threadId: "main", ...isPrivate }),
    read(alice, first, { threadId: "$root" }),
    read(bob, second, { threadId: "$root" }),
  ]);
  const elsewhere = await other.say(other.creator, "3");
  await engine.move(other, [read(alice, elsewhere)]);

  const expected = {
    unthreaded: second.ordering,
    main: second.ordering,
    threads: new Map([["$root", first.ordering]]),
  };
  const nothing = { unthreaded: 0, main: 0, threads: new Map() };
  assert.deepEqual(await engine.receipts.readUpTo(alice, room.roomId), expected);
  assert.deepEqual(
    await engine.receipts.readUpToIn(alice, [room.roomId, other.roomId, untouched.roomId]),
    new Map<string, unknown>([
      [room.roomId, expected],
      [other.roomId, { ...nothing, unthreaded: elsewhere.ordering }],
      [untouched.roomId, nothing],
    ]),
  );
  assert.deepEqual(await engine.receipts.readUpTo(alice, "!unknown:test"), nothing);
});

eachDatabase("a receipt that moves is published with what it says, a private one for its owner", async (database) => {
  const engine = await start(database);
  const room = await engine.room();
  const [first, second] = [await room.say(room.creator, "1"), await room.say(room.creator, "2")];
  await engine.move(room, [read(alice, second), read(bob, second, { type: "m.read.private", threadId: "main" })]);
  const { roomId } = room;
  const common = { kind: "receipt", roomId };
  const receipt = { roomId, eventId: second.eventId, ts: engine.clock.now() };
  assert.deepEqual(engine.changes, [
    {
      ...common,
      position: second.position + 1,
      reader: alice,
      receipt: { ...receipt, userId: alice, type: "m.read", threadId: "" },
    },
    {
      ...common,
      position: second.position + 2,
      reader: bob,
      userId: bob,
      receipt: { ...receipt, userId: bob, type: "m.read.private", threadId: "main" },
    },
  ]);
  for (const event of [first, second]) await engine.move(room, [read(alice, event)]);
  assert.equal(engine.changes.length, 2);
});

eachDatabase("of receipts that are sent at once the furthest counts, whatever their order", async (database) => {
  const engine = await start(database);
  const room = await engine.room();
  const [first, second] = [await room.say(room.creator, "1"), await room.say(room.creator, "2")];
  await Promise.all([second, first].map(async (event) => await engine.move(room, [read(alice, event)])));
  assert.equal((await engine.receipts.readUpTo(alice, room.roomId)).unthreaded, second.ordering);
  assert.equal(engine.changes.length, 1);
});

eachDatabase(
  "of a large room the newest receipts are told, and the user's own whatever their age",
  async (database) => {
    const engine = await start(database);
    const room = await engine.room();
    const event = await room.say(room.creator, "hello");
    await engine.move(room, [read(alice, event), read(alice, event, { type: "m.read.private", threadId: "$root" })]);
    const { position } = engine.partitions;
    const others = Array.from({ length: 600 }, (_, index) => `@reader${index}:test`);
    await engine.move(
      room,
      others.map((userId) => read(userId, event)),
    );
    const readers = async (userId: string, after: number, roomIds = [room.roomId]): Promise<string[]> =>
      (await engine.receipts.changedIn(userId, roomIds, after)).map((receipt) => receipt.userId);
    assert.deepEqual(await readers(alice, 0), [alice, alice, ...others.slice(-500)]);
    assert.deepEqual(await readers(bob, position), others.slice(-500));
    assert.deepEqual(await readers(bob, position + 590), others.slice(-10));
    assert.deepEqual(await readers(alice, engine.partitions.position), []);
    const many = Array.from({ length: 100 }, (_, index) => `!room${index}:test`);
    assert.deepEqual(await readers(bob, 0, [...many, room.roomId]), others.slice(-50));
  },
);
