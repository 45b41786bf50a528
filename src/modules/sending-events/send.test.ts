import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { path, refusal } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

async function sharedRoom(homeserver: TestHomeserver, wishes: object = {}) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat", ...wishes });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

it("a message is what was sent, and its sender's device alone sees the transaction", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const other = await homeserver.otherDeviceOf(alice);
  const eventId = await alice.say(roomId, "hello", "txn");
  const [event] = (await alice.messages(roomId)).chunk;
  assert.equal(event?.event_id, eventId);
  assert.deepEqual(event?.content, { msgtype: "m.text", body: "hello" });
  assert.equal(event?.unsigned?.["transaction_id"], "txn");
  for (const device of [other, bob]) {
    assert.equal((await device.messages(roomId)).chunk[0]?.unsigned?.["transaction_id"], undefined);
  }
});

it("a repeated request gives the same event, for the same device, room and type alone", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const otherRoom = await alice.createRoom();
  const other = await homeserver.otherDeviceOf(alice);
  const first = await alice.say(roomId, "one", "same");
  assert.equal(await alice.say(roomId, "two", "same"), first);
  const [last] = (await alice.messages(roomId)).chunk;
  assert.equal(last?.content["body"], "one");
  const others = [
    await other.say(roomId, "three", "same"),
    await bob.say(roomId, "four", "same"),
    await alice.say(otherRoom, "five", "same"),
    (await alice.put(path`rooms/${roomId}/send/org.example/same`, {})).event_id,
  ];
  assert.equal(new Set([first, ...others]).size, 5);
});

it("the same request made many times at once sends one event", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const ids = await Promise.all(Array.from({ length: 10 }, async () => await alice.say(roomId, "once", "at-once")));
  assert.equal(new Set(ids).size, 1);
  const { chunk } = await alice.messages(roomId);
  assert.equal(chunk.filter(({ content }) => content["body"] === "once").length, 1);
});

it("a transaction that was refused may be tried again", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.tell("kick", roomId, bob);
  assert.equal(await refusal(bob.say(roomId, "hello", "again")), "403 M_FORBIDDEN");
  await bob.join(roomId);
  assert.equal(await refusal(bob.say(roomId, "hello", "again")), "allowed");
});

it("messages of many users at once all stand in the room, in one order", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const texts = Array.from({ length: 20 }, (_, index) => String(index));
  await Promise.all(texts.flatMap((text) => [alice.say(roomId, `a${text}`), bob.say(roomId, `b${text}`)]));
  const { chunk } = await alice.messages(roomId, { limit: "40" });
  assert.equal(new Set(chunk.map(({ content }) => content["body"])).size, 40);
});

it("who is not in the room, or may not send the type, is refused", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver, {
    power_level_content_override: { events: { "org.rare": 60 } },
  });
  const carol = await homeserver.register("carol");
  for (const room of [roomId, "!unknown:test", "nonsense"]) {
    assert.equal(await refusal(carol.say(room, "hello")), "403 M_FORBIDDEN", room);
    assert.equal(await refusal(carol.put(path`rooms/${room}/redact/${"$event"}/txn`)), "403 M_FORBIDDEN", room);
  }
  assert.equal(await refusal(bob.put(path`rooms/${roomId}/send/org.rare/1`)), "403 M_FORBIDDEN");
  assert.equal(await refusal(alice.put(path`rooms/${roomId}/send/org.rare/1`)), "allowed");
  await bob.leave(roomId);
  assert.equal(await refusal(bob.say(roomId, "hello")), "403 M_FORBIDDEN");
});

it("a body that is no event is refused and stores nothing", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const last = (await alice.messages(roomId)).chunk[0]?.event_id;
  const send = async (body: unknown, type = "org.example") =>
    await refusal(alice.put(path`rooms/${roomId}/send/${type}/1`, body));
  assert.equal(await send([]), "400 M_BAD_JSON");
  assert.equal(await send("text"), "400 M_BAD_JSON");
  assert.equal(await send({ a: 1.5 }), "400 M_BAD_JSON");
  assert.equal(await send({ a: { b: [2 ** 53] } }), "400 M_BAD_JSON");
  assert.equal(await send({ a: "x".repeat(65_536) }), "413 M_TOO_LARGE");
  assert.equal(await send({}, "t".repeat(256)), "413 M_TOO_LARGE");
  assert.equal(await send({}, "a\u0000b"), "400 M_BAD_JSON");
  assert.equal(await send({ membership: "join" }, "m.room.member"), "403 M_FORBIDDEN");
  assert.equal(await send({}, "m.room.create"), "403 M_FORBIDDEN");
  assert.equal(await send({}, "m.room.redaction"), "400 M_BAD_JSON");
  assert.equal((await alice.messages(roomId)).chunk[0]?.event_id, last);
});

it("a message without its sort or its text is refused, and not sent", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const last = await alice.say(roomId, "last");
  const send = async (content: object) =>
    await refusal(alice.put(path`rooms/${roomId}/send/m.room.message/${randomUUID()}`, content));
  const wrong = [
    {},
    { msgtype: "m.text" },
    { body: "text" },
    { msgtype: 1, body: "text" },
    { msgtype: "m.text", body: {} },
  ];
  for (const content of wrong) assert.equal(await send(content), "400 M_BAD_JSON", JSON.stringify(content));
  assert.equal((await alice.messages(roomId)).chunk[0]?.event_id, last);
  assert.equal(await send({ msgtype: "org.example.own", body: "" }), "allowed");
});

it("a transaction ID is any text, within bounds", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  for (const txnId of ["a\u0000b", "__proto__", "\u{1f388}".repeat(127), "\u0001".repeat(255)]) {
    const eventId = await alice.say(roomId, "once", txnId);
    assert.equal(await alice.say(roomId, "once", txnId), eventId);
    assert.equal((await alice.messages(roomId)).chunk[0]?.unsigned?.["transaction_id"], txnId);
  }
  const last = await alice.say(roomId, "last");
  const long = Array.from({ length: 900 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7_919) % 20_000))).join("");
  assert.equal(await refusal(alice.say(roomId, "never", long)), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.put(path`rooms/${roomId}/redact/${last}/${long}`)), "400 M_INVALID_PARAM");
  assert.equal((await alice.messages(roomId)).chunk[0]?.event_id, last);
});

it("content with odd names is kept as it came", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const content = JSON.parse(
    '{"__proto__": {"a": 1}, "constructor": {"prototype": {}}, "\\u0000": "\\u0000", "é": "🎈"}',
  );
  await alice.put(path`rooms/${roomId}/send/org.example/1`, content);
  assert.equal(JSON.stringify((await alice.messages(roomId)).chunk[0]?.content), JSON.stringify(content));
});

for (const version of ["1", "3", "10", "11", "12"]) {
  it(`a redaction strips the event and says why, in room version ${version}`, async (homeserver) => {
    const { alice, bob, roomId } = await sharedRoom(homeserver, { room_version: version });
    const eventId = await bob.say(roomId, "secret");
    const redact = path`rooms/${roomId}/redact/${eventId}/`;
    const redaction = (await alice.put(`${redact}r1`, { reason: "rude" })).event_id;
    assert.equal((await alice.put(`${redact}r1`, { reason: "rude" })).event_id, redaction);
    const { chunk } = await bob.messages(roomId);
    const [last, redacted] = chunk;
    assert.equal(last?.type, "m.room.redaction");
    assert.equal(last?.redacts ?? last?.content["redacts"], eventId);
    assert.equal(last?.content["reason"], "rude");
    assert.deepEqual(redacted?.content, {});
    const because = redacted?.unsigned?.["redacted_because"];
    assert.ok(typeof because === "object" && because !== null && "event_id" in because);
    assert.equal(because.event_id, redaction);
    const one = await bob.get<{ content: object }>(path`rooms/${roomId}/event/${eventId}`);
    assert.deepEqual(one.content, {});
  });
}

it("users redact their own events, others need the level, and events must be of the room", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const [byAlice, byBob] = [await alice.say(roomId, "a"), await bob.say(roomId, "b")];
  const elsewhere = await alice.say(await alice.createRoom(), "c");
  const redact = async (eventId: string, txnId: string) =>
    await refusal(bob.put(path`rooms/${roomId}/redact/${eventId}/${txnId}`));
  assert.equal(await redact(byAlice, "1"), "403 M_FORBIDDEN");
  assert.equal(await redact(byBob, "2"), "allowed");
  assert.equal(await redact(elsewhere, "3"), "400 M_INVALID_PARAM");
  assert.equal(await redact("$unknown", "4"), "400 M_INVALID_PARAM");
  assert.equal(await redact("a\u0000b", "5"), "400 M_INVALID_PARAM");
  assert.equal(await refusal(bob.put(path`rooms/${roomId}/redact/${byBob}/6`, { reason: 1 })), "400 M_BAD_JSON");
  assert.deepEqual((await alice.get<{ content: object }>(path`rooms/${roomId}/event/${byAlice}`)).content, {
    msgtype: "m.text",
    body: "a",
  });
});

it("a redaction does not tell that there is an event which its sender may not see", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "joined" });
  const hidden = await alice.say(roomId, "before the join");
  await bob.join(roomId);
  const redact = async () => await refusal(bob.put(path`rooms/${roomId}/redact/${hidden}/${randomUUID()}`));
  assert.equal(await redact(), "400 M_INVALID_PARAM");
  await alice.setState(roomId, "m.room.power_levels", { users: { [bob.userId]: 50 } });
  assert.equal(await redact(), "allowed");
});

it("a redaction of state shows in the state", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const eventId = await alice.setState(roomId, "m.room.topic", { topic: "secret" });
  await alice.put(path`rooms/${roomId}/redact/${eventId}/1`);
  assert.deepEqual(await alice.state(roomId, "m.room.topic"), {});
});

it("a redaction may be sent as a message event, in rooms of any version", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const version of ["1", "10", "11", "12"]) {
    const roomId = await alice.createRoom({ room_version: version });
    const eventId = await alice.say(roomId, "secret");
    await alice.put(path`rooms/${roomId}/send/m.room.redaction/1`, { redacts: eventId, reason: "why not" });
    const [redaction, redacted] = (await alice.messages(roomId)).chunk;
    assert.deepEqual(redacted?.content, {}, version);
    const isOld = version === "1" || version === "10";
    assert.equal(isOld ? redaction?.redacts : redaction?.content["redacts"], eventId, version);
    assert.equal(redaction?.content["reason"], "why not", version);
  }
});

it("stickers and mentions reach the others as they were sent", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const { next_batch: since } = await bob.sync();
  const info = { w: 200, h: 140, mimetype: "image/png", size: 1, thumbnail_info: {}, thumbnail_url: "mxc://test/t" };
  const sticker = { body: "Landing", url: "mxc://test/s", info };
  await alice.put(path`rooms/${roomId}/send/m.sticker/1`, sticker);
  const mentioning = { msgtype: "m.text", body: "Bob", "m.mentions": { user_ids: [bob.userId], room: true, more: 1 } };
  await alice.put(path`rooms/${roomId}/send/m.room.message/2`, mentioning);
  const { rooms } = await bob.sync({ since });
  assert.deepEqual(
    rooms?.join?.[roomId]?.timeline.events.map(({ type, content }) => [type, content]),
    [
      ["m.sticker", sticker],
      ["m.room.message", mentioning],
    ],
  );
});
