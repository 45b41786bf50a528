import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { renderEvents, txnKeyOf } from "../../engine/rooms/client-event.ts";
import { alice, bob, openEngineForTest, type TestRoom } from "../../engine/rooms/testing.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Database, Statement } from "../../store/sql.ts";
import { createRelations } from "./index.ts";

const viewer = { userId: alice, deviceId: "PHONE" };
const nobody: ReadonlySet<string> = new Set();
const ignoredBy = async () => nobody;

/** An engine with relations over a database that shows what is asked and written. */
async function watched(database: Database) {
  const asked: string[] = [];
  const written: Statement[] = [];
  const shown: Database = {
    dialect: database.dialect,
    async all(text, params) {
      asked.push(text);
      return await database.all(text, params);
    },
    async get(text, params) {
      asked.push(text);
      return await database.get(text, params);
    },
    async commit(transactions) {
      written.push(...transactions.flat());
      return await database.commit(transactions);
    },
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
  const start = async () => {
    const engine = await openEngineForTest(shown);
    const needs = { rooms: engine.rooms, sql: shown, clock: engine.clock, ignoredBy, replaceEditedContent: false };
    createRelations(needs);
    return engine;
  };
  return { asked, written, start };
}

const child = (type: string, { eventId }: StoredEvent, more: JsonObject = {}): JsonObject => ({
  "m.relates_to": { rel_type: type, event_id: eventId },
  ...more,
});

const say = async (room: TestRoom, content: JsonObject, sender = alice): Promise<StoredEvent> => {
  const txnKey = txnKeyOf({ userId: sender, deviceId: "PHONE" }, "send", crypto.randomUUID());
  return await room.send({ type: "m.room.message", sender, content, txnKey });
};

onSqlite(
  "a page of a hundred events with children asks as often as one event with all kinds of them",
  async (database) => {
    const { asked, start } = await watched(database);
    const writer = await start();
    const room = await writer.room({ members: [alice, bob] });
    const parents: StoredEvent[] = [];
    for (let n = 0; n < 100; n++) {
      const parent = await say(room, { body: "hello" });
      parents.push(parent);
      await say(room, child("m.replace", parent, { "m.new_content": { body: "changed" } }));
      await say(room, child("m.reference", parent));
      const reply = await say(room, child("m.thread", parent), bob);
      await say(room, child("m.replace", reply, { "m.new_content": { body: "changed" } }), bob);
    }
    const counts: number[] = [];
    for (const page of [parents.slice(0, 1), parents]) {
      // As after a restart: nothing is in memory.
      const { rooms, clock } = await start();
      const events = await rooms.events.byPositions(page.map(({ position }) => position));
      await rooms.get(room.roomId);
      asked.length = 0;
      const options = { viewer, decorated: true, withRoomId: true, now: clock.now() };
      const texts = await renderEvents(rooms, events, options);
      for (const text of texts) {
        const { unsigned } = JSON.parse(text);
        assert.deepEqual(Object.keys(unsigned["m.relations"]).toSorted(), ["m.reference", "m.replace", "m.thread"]);
        assert.ok(unsigned["m.relations"]["m.thread"].latest_event.unsigned["m.relations"]["m.replace"]);
      }
      counts.push(asked.length);
      asked.length = 0;
      assert.deepEqual((await renderEvents(rooms, events, options)).length, page.length);
      assert.deepEqual(asked, [], "the second member asks nothing");
    }
    assert.equal(counts[0], counts[1]);
    assert.ok((counts[1] ?? 99) <= 10, `${counts[1]} queries`);
  },
);

onSqlite("to tell a new message asks the database nothing, and writes nothing beside it", async (database) => {
  const { asked, written, start } = await watched(database);
  const { rooms, clock, ...engine } = await start();
  const room = await engine.room({ members: [alice] });
  asked.length = 0;
  written.length = 0;
  const message = await say(room, { body: "hello" });
  const options = { viewer, decorated: true, withRoomId: false, now: clock.now() };
  const [text = ""] = await renderEvents(rooms, [message], options);
  assert.deepEqual(JSON.parse(text).unsigned["m.relations"], undefined);
  assert.deepEqual(asked, []);
  assert.deepEqual(
    written.map((statement) => /(?:INSERT INTO|UPDATE) (\w+)/.exec(statement.text)?.[1]),
    ["partitions", "events"],
  );
});

onSqlite("a reply writes as much in a thread of one as in a thread of fifty", async (database) => {
  const { written, start } = await watched(database);
  const engine = await start();
  const room = await engine.room({ members: [alice] });
  const root = await say(room, { body: "hello" });
  const counts: number[] = [];
  for (let n = 0; n < 50; n++) {
    written.length = 0;
    await say(room, child("m.thread", root));
    counts.push(written.length);
  }
  assert.deepEqual([...new Set(counts)], [5]);
});
