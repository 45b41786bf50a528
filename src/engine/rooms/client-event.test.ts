import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { clientEvent, type EventSource, renderEvents, txnKeyOf } from "./client-event.ts";
import type { Viewer } from "./viewer.ts";
import type { StoredEvent } from "./stored-event.ts";
import { alice, bob, openEngineForTest, type TestEngine } from "./testing.ts";

interface Rendered {
  readonly content: Readonly<Record<string, unknown>>;
  readonly redacts?: string;
  readonly unsigned: Readonly<Record<string, unknown>>;
}

const phone = { userId: alice, deviceId: "PHONE" };

async function render({ rooms, clock }: TestEngine, event: StoredEvent, viewer?: Viewer): Promise<Rendered> {
  const current = (await rooms.events.byId(event.eventId)) ?? event;
  const [text = ""] = await renderEvents(rooms, [current], { viewer, withRoomId: true, now: clock.now() });
  return JSON.parse(text);
}

onSqlite("an event is rendered with what clients need of it, and nothing that only servers need", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  const message = await room.say(alice, "Hello");
  engine.clock.advance(5_000);
  assert.deepEqual(await render(engine, message), {
    type: "m.room.message",
    sender: alice,
    content: { msgtype: "m.text", body: "Hello" },
    event_id: message.eventId,
    origin_server_ts: engine.clock.now() - 5_000,
    room_id: room.roomId,
    unsigned: { age: 5_000 },
  });
  const [withoutRoom = ""] = await renderEvents(engine.rooms, [message], { withRoomId: false, now: 0 });
  assert.equal("room_id" in JSON.parse(withoutRoom), false);
  const name = await room.set("m.room.name", { name: "Loom" });
  assert.equal(clientEvent(name, 0)["state_key"], "");
});

onSqlite("the transaction ID is told to the device that sent it alone", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  const message = await room.say(alice, "Hello", txnKeyOf(phone, "send/1", 't"1'));
  const idFor = async (viewer?: Viewer): Promise<unknown> =>
    (await render(engine, message, viewer)).unsigned["transaction_id"];
  assert.equal(await idFor(phone), 't"1');
  const others = [undefined, { userId: alice, deviceId: "PHON" }, { userId: alice, deviceId: "PHONE2" }];
  for (const viewer of [...others, { userId: bob, deviceId: "PHONE" }]) assert.equal(await idFor(viewer), undefined);
});

onSqlite(
  "events say what the viewer was to the room when they were sent, their own effect included",
  async (database) => {
    const engine = await openEngineForTest(database);
    const room = await engine.room({ preset: "private_chat" });
    const events = [
      await room.say(room.creator, "before"),
      await room.invite(alice),
      await room.join(alice),
      await room.say(alice, "with"),
      await room.leave(alice),
      await room.say(room.creator, "after"),
    ];
    const told = async (viewer: Viewer | undefined): Promise<unknown[]> =>
      await Promise.all(events.map(async (event) => (await render(engine, event, viewer)).unsigned["membership"]));
    assert.deepEqual(await told(phone), ["leave", "invite", "join", "join", "leave", "leave"]);
    assert.deepEqual(
      await told({ userId: bob, deviceId: "PHONE" }),
      events.map(() => "leave"),
    );
    assert.deepEqual(
      await told(undefined),
      events.map(() => undefined),
    );
  },
);

onSqlite("what the viewer was to the room is told of many events without a query for each", async (database) => {
  const engine = await openEngineForTest(database);
  const { rooms, clock } = engine;
  const room = await engine.room({ members: [alice] });
  const events: StoredEvent[] = [];
  for (let number = 0; number < 20; number++) events.push(await room.set("test.state", { number }));
  const asked: number[] = [];
  const source: EventSource = {
    events: rooms.events,
    decorators: [],
    visibleTo: async (userId, list) => await rooms.visibleTo(userId, list),
    stateEventsAt: async (addresses) => {
      asked.push(addresses.length);
      return await rooms.stateEventsAt(addresses);
    },
  };
  const options = { viewer: phone, withRoomId: true, now: clock.now() };
  assert.equal((await renderEvents(source, [...events, ...events], options)).length, 40);
  assert.deepEqual(asked, [20], "one look-up, with every state once");
  await renderEvents(source, events, { ...options, asState: true });
  assert.deepEqual(asked, [20], "what is told as state is told without");
});

onSqlite("a state event says what it replaced, until it is redacted", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const [first, second] = [
    await room.set("m.room.name", { name: "Warp" }),
    await room.set("m.room.name", { name: "Weft" }),
  ];
  assert.deepEqual((await render(engine, first)).unsigned, { age: 0 });
  const replaced = { age: 0, replaces_state: first.eventId, prev_sender: room.creator };
  assert.deepEqual((await render(engine, second)).unsigned, { ...replaced, prev_content: { name: "Warp" } });
  await room.redact(room.creator, second);
  const { unsigned, content } = await render(engine, second);
  assert.deepEqual([content, "prev_content" in unsigned], [{}, false]);
});

onSqlite("the content of a redacted event is told no longer by the event that replaced it", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const [first, second] = [
    await room.set("m.room.name", { name: "Regretted" }),
    await room.set("m.room.name", { name: "Weft" }),
  ];
  await room.redact(room.creator, first);
  for (const opened of [engine, await engine.reopen()]) {
    assert.deepEqual((await render(opened, second)).unsigned["prev_content"], {});
  }
});

for (const version of ["10", "12"]) {
  onSqlite(
    `in version ${version} a redaction names its target in both places, and stands in what it redacted`,
    async (database) => {
      const engine = await openEngineForTest(database);
      const room = await engine.room({ version, members: [alice] });
      const message = await room.say(alice, "Regretted");
      const redaction = await room.redact(alice, message);
      const rendered = await render(engine, redaction);
      assert.deepEqual([rendered.redacts, rendered.content["redacts"]], [message.eventId, message.eventId]);
      const redacted = await render(engine, message);
      assert.deepEqual(redacted.content, {});
      assert.deepEqual(redacted.unsigned["redacted_because"], rendered);
    },
  );
}

onSqlite("who may not see a redaction is told that there was one, and not why", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ version: "12", members: [alice, bob] });
  const message = await room.say(alice, "Regretted");
  await room.leave(bob);
  const redaction = await engine.rooms.send(room.roomId, {
    type: "m.room.redaction",
    sender: alice,
    content: { redacts: message.eventId, reason: "Not for Bob" },
    redacts: message,
  });
  const because = async (userId: string): Promise<unknown> =>
    (await render(engine, message, { userId, deviceId: "PHONE" })).unsigned["redacted_because"];
  const told = clientEvent(redaction, engine.clock.now());
  const toldTo = (membership: string): object => ({ ...told, unsigned: { age: 0, membership } });
  assert.deepEqual(await because(alice), toldTo("join"));
  assert.deepEqual(await because(bob), { ...toldTo("leave"), content: { redacts: message.eventId } });
});

onSqlite(
  "state is told without what it replaced, which may be of a time that the viewer may not see",
  async (database) => {
    const engine = await openEngineForTest(database);
    const room = await engine.room();
    await room.set("m.room.name", { name: "Warp" });
    const second = await room.set("m.room.name", { name: "Weft" });
    const now = engine.clock.now();
    const [text = ""] = await renderEvents(engine.rooms, [second], { withRoomId: true, now, asState: true });
    assert.deepEqual(JSON.parse(text).unsigned, { age: 0 });
  },
);

onSqlite("what is no redaction keeps the content that it has, whatever it calls itself", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const message = await room.say(room.creator, "Hello");
  const strange: StoredEvent = { ...message, pdu: { ...message.pdu, redacts: "$other" } };
  const [text = ""] = await renderEvents(engine.rooms, [strange], { withRoomId: true, now: 0 });
  assert.deepEqual(JSON.parse(text).content, message.pdu.content);
});

onSqlite(
  "modules add to events and replace their content where that is asked for, and nowhere else",
  async (database) => {
    const engine = await openEngineForTest(database);
    const room = await engine.room();
    const message = await room.say(room.creator, "Hello");
    const asked: string[] = [];
    engine.rooms.decorateWith(async (events, viewer, form) => {
      asked.push(viewer.userId);
      assert.deepEqual(form, { withRoomId: true, now: message.pdu.origin_server_ts, asTemplate: false });
      return new Map(
        events.map(({ position }) => [position, { unsigned: { one: "1" }, content: { body: "Changed" } }]),
      );
    });
    engine.rooms.decorateWith(async () => new Map([[message.position, { unsigned: { two: '{"a":2}' } }]]));
    const options = { viewer: phone, withRoomId: true, now: message.pdu.origin_server_ts };
    const [decorated = ""] = await renderEvents(engine.rooms, [message], { ...options, decorated: true });
    assert.deepEqual(JSON.parse(decorated).content, { body: "Changed" });
    const unsigned = { age: 0, membership: "leave", one: 1, two: { a: 2 } };
    assert.deepEqual(JSON.parse(decorated).unsigned, unsigned);
    const asSent = { ...options, decorated: true, withOwnContent: true };
    const [own = ""] = await renderEvents(engine.rooms, [message], asSent);
    assert.deepEqual(JSON.parse(own).content, message.pdu.content);
    assert.deepEqual(JSON.parse(own).unsigned, unsigned);
    assert.deepEqual((await render(engine, message, phone)).unsigned, { age: 0, membership: "leave" });
    assert.deepEqual((await render(engine, message, phone)).content, message.pdu.content);
    assert.deepEqual(asked, [alice, alice]);
  },
);
