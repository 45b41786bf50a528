import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import { alice, openEngineForTest } from "../../engine/rooms/testing.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Database } from "../../store/sql.ts";
import { createRelations } from "./index.ts";

/** A room in which contents are replaced or not, and an event of it as it is told. */
async function start(database: Database, replaceEditedContent: boolean) {
  const { rooms, clock, ...engine } = await openEngineForTest(database);
  const nobody: ReadonlySet<string> = new Set();
  const ignoredBy = async () => nobody;
  createRelations({ rooms, sql: database, clock, ignoredBy, replaceEditedContent });
  const room = await engine.room({ members: [alice] });
  const say = async (content: JsonObject, type = "m.room.message") => await room.send({ type, sender: alice, content });
  const edit = async ({ eventId }: StoredEvent, fresh: JsonObject, type?: string) => {
    const relation = { rel_type: "m.replace", event_id: eventId };
    return await say({ body: "*", "m.new_content": fresh, "m.relates_to": relation }, type);
  };
  const contentOf = async (event: StoredEvent, withOwnContent = false): Promise<JsonObject> => {
    const viewer = { userId: alice, deviceId: "PHONE" };
    const options = { viewer, decorated: true, withRoomId: true, withOwnContent, now: 0 };
    const [text = ""] = await renderEvents(rooms, [event], options);
    const told = JSON.parse(text);
    assert.ok(told.unsigned["m.relations"]["m.replace"]);
    return told.content;
  };
  return { clock, say, edit, contentOf };
}

eachDatabase("contents stay what was sent unless they are to be replaced", async (database) => {
  const { say, edit, contentOf } = await start(database, false);
  const message = await say({ body: "one" });
  await edit(message, { body: "two" });
  assert.deepEqual(await contentOf(message), { body: "one" });
});

eachDatabase(
  "where contents are replaced, the relation stays that of the event, and /event shows what was sent",
  async (database) => {
    const { say, edit, contentOf } = await start(database, true);
    const relation = { "m.in_reply_to": { event_id: "$other" } };
    const message = await say({ body: "one", formatted_body: "one", "m.relates_to": relation });
    await edit(message, { body: "two", extra: 1, "m.relates_to": { "m.in_reply_to": { event_id: "$wrong" } } });
    assert.deepEqual(await contentOf(message), { body: "two", extra: 1, "m.relates_to": relation });
    assert.deepEqual(await contentOf(message, true), { body: "one", formatted_body: "one", "m.relates_to": relation });
    const plain = await say({ body: "one" });
    await edit(plain, { body: "two", "m.relates_to": relation });
    assert.deepEqual(await contentOf(plain), { body: "two" });
  },
);

eachDatabase("the content of an encrypted event is not replaced", async (database) => {
  const { say, edit, contentOf } = await start(database, true);
  const message = await say({ ciphertext: "one" }, "m.room.encrypted");
  await edit(message, { ciphertext: "two" }, "m.room.encrypted");
  assert.deepEqual(await contentOf(message), { ciphertext: "one" });
});

eachDatabase(
  "of edits of the same moment the one with the largest ID counts, else the latest by its time",
  async (database) => {
    const { clock, say, edit, contentOf } = await start(database, true);
    const message = await say({ body: "one" });
    const edits: StoredEvent[] = [];
    for (let n = 0; n < 8; n++) edits.push(await edit(message, { body: String(n) }));
    const byId = edits.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));
    assert.deepEqual(await contentOf(message), byId.at(-1)?.pdu.content["m.new_content"]);
    clock.advance(1);
    await edit(message, { body: "later" });
    assert.deepEqual(await contentOf(message), { body: "later" });
    clock.advance(-1_000);
    await edit(message, { body: "of a clock that is behind" });
    assert.deepEqual(await contentOf(message), { body: "later" });
  },
);
