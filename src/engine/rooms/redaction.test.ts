import assert from "node:assert/strict";
import { eachDatabase, onSqlite } from "../../../test/support/databases.ts";
import { alice, openEngineForTest } from "./testing.ts";

eachDatabase("a redaction strips the event in the database and wherever memory holds it", async (database) => {
  const engine = await openEngineForTest(database);
  const testRoom = await engine.room({ members: [alice] });
  const message = await testRoom.say(alice, "Regretted");
  const redaction = await testRoom.redact(alice, message);
  const room = await engine.rooms.require(testRoom.roomId);
  assert.equal(redaction.pdu.content["redacts"], message.eventId);
  const reopened = await engine.reopen();
  const found = [
    await engine.rooms.events.byId(message.eventId),
    room.recentAfter(message.position - 1)?.[0],
    await reopened.rooms.events.byId(message.eventId),
  ];
  for (const event of found) {
    assert.deepEqual(event?.pdu.content, {});
    assert.equal(event?.redactedBy, redaction.position);
    assert.equal(event?.pdu.hashes["sha256"], message.pdu.hashes["sha256"]);
  }
});

onSqlite("a redacted state event stays the state, stripped, for the next event as well", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ version: "10" });
  const name = await room.set("m.room.name", { name: "Regretted" });
  assert.equal(await engine.rooms.read(room.roomId, (current) => current.state("m.room.name", "")), name);
  const redaction = await room.redact(room.creator, name);
  assert.equal(redaction.pdu["redacts"], name.eventId);
  for (const { rooms } of [engine, await engine.reopen()]) {
    const state = await rooms.read(room.roomId, (current) => current.state("m.room.name", ""));
    assert.deepEqual([state?.eventId, state?.pdu.content], [name.eventId, {}]);
    assert.equal(redaction.stateAfter, name.stateAfter);
  }
  const next = await room.set("m.room.name", { name: "Better" });
  assert.equal(next.replaces, name.position);
});

onSqlite("an event is redacted once: by the first redaction", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  const message = await room.say(alice, "Regretted");
  const [first] = [await room.redact(alice, message), await room.redact(room.creator, message)];
  for (const { rooms } of [engine, await engine.reopen()]) {
    assert.equal((await rooms.events.byId(message.eventId))?.redactedBy, first.position);
  }
});

onSqlite("an event sent and redacted in one unit of work is stored stripped", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const message = await engine.rooms.write(room.roomId, (writer) => {
    const sent = writer.append({ type: "m.room.message", sender: room.creator, content: { body: "Regretted" } });
    writer.append({ type: "m.room.redaction", sender: room.creator, content: {}, redacts: sent });
    return sent;
  });
  for (const { rooms } of [engine, await engine.reopen()]) {
    assert.deepEqual((await rooms.events.byId(message.eventId))?.pdu.content, {});
  }
});

onSqlite("a redaction that is refused leaves the event as it was", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  const message = await room.say(alice, "Kept");
  await assert.rejects(room.redact("@stranger:test", message));
  for (const { rooms } of [engine, await engine.reopen()]) {
    assert.equal((await rooms.events.byId(message.eventId))?.pdu.content["body"], "Kept");
  }
});
