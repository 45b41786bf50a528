import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { alice, bob, openEngineForTest } from "../../engine/rooms/testing.ts";
import type { SectionRequest } from "../../engine/streams/section.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import { createReceipts } from "./receipts.ts";
import { receiptsSection } from "./receipts.sync.ts";

onSqlite("who follows a room is told what moved without a look into the database", async (database) => {
  const engine = await openEngineForTest(database);
  const { users } = await createUsersForTest(database);
  let queryCount = 0;
  const sql: typeof database = Object.create(database, {
    dialect: { value: database.dialect },
    all: { value: (...query: Parameters<typeof database.all>) => (queryCount++, database.all(...query)) },
  });
  const receipts = createReceipts({ ...engine, sql, users });
  const section = receiptsSection({
    receipts,
    ignoredBy: async () => new Set(),
    joinedRooms: async () => [room.roomId],
  });
  const room = await engine.room({ members: [alice, bob] });
  const { eventId, ordering = 0 } = await room.say(bob, "hello");
  const feed = await engine.streams.feed(alice);
  const since = engine.streams.now;
  const read = { userId: bob, type: "m.read", threadId: "", eventId, ordering } as const;
  await receipts.move(await engine.rooms.require(room.roomId), [read]);

  const request: SectionRequest = {
    userId: alice,
    deviceId: "A",
    since,
    acknowledged: since,
    now: engine.streams.now,
    changes: feed.changesSince(since),
    keeps: () => true,
  };
  const content = { [eventId]: { "m.read": { [bob]: { ts: engine.clock.now() } } } };
  const expected = new Map([[room.roomId, { ephemeral: [JSON.stringify({ type: "m.receipt", content })] }]]);
  assert.deepEqual(await section.rooms?.(request, []), expected);
  assert.equal(queryCount, 0);
  assert.deepEqual(await section.rooms?.({ ...request, changes: undefined }, []), expected);
  assert.equal(queryCount, 1);
});
