import assert from "node:assert/strict";
import { refusal } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import {
  bundled,
  eventOf,
  idsOf,
  react,
  redact,
  relatesTo,
  relationsOf,
  reply,
  send,
  sharedRoom,
  text,
} from "./testing.ts";

const it = homeserverTests();

it("nobody annotates an event twice with the same key and type", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const [one, two] = [await alice.say(roomId, "one"), await alice.say(roomId, "two")];
  await react(alice, roomId, one, "👍");
  assert.equal(await refusal(react(alice, roomId, one, "👍")), "400 M_DUPLICATE_ANNOTATION");
  const others = [
    react(bob, roomId, one, "👍"),
    react(alice, roomId, two, "👍"),
    react(alice, roomId, one, "👎"),
    send(alice, roomId, relatesTo("m.annotation", one, { key: "👍" }), "org.example.annotation"),
  ];
  for (const other of others) assert.equal(await refusal(other), "allowed");
  assert.equal((await relationsOf(bob, roomId, one, { kind: "/m.annotation", limit: "50" })).chunk.length, 4);
});

it("of annotations that come at once only one is sent", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "hello");
  const asked = Array.from({ length: 8 }, async () => await refusal(react(alice, roomId, message, "🎈")));
  const answers = (await Promise.all(asked)).toSorted();
  assert.deepEqual(answers, [...Array.from({ length: 7 }, () => "400 M_DUPLICATE_ANNOTATION"), "allowed"]);
  assert.equal((await relationsOf(alice, roomId, message)).chunk.length, 1);
});

it("an annotation may be sent again once the first one is redacted, or was refused", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "hello");
  await redact(alice, roomId, await react(alice, roomId, message, "👍"));
  const again = await react(alice, roomId, message, "👍");
  assert.deepEqual(idsOf(await relationsOf(alice, roomId, message)), [again]);
  await alice.tell("kick", roomId, bob);
  const both = [refusal(react(bob, roomId, message, "👍")), refusal(react(bob, roomId, message, "👍"))];
  assert.deepEqual(await Promise.all(both), ["403 M_FORBIDDEN", "403 M_FORBIDDEN"]);
  await bob.join(roomId);
  assert.equal(await refusal(react(bob, roomId, message, "👍")), "allowed");
});

it("any string is a key, and annotations are told apart by all of it", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "hello");
  for (const key of ["a\u0000b", "a\u0000c", "", "x".repeat(5_000), '"', "é", "e\u0301"]) {
    assert.equal(await refusal(react(alice, roomId, message, key)), "allowed", key);
    assert.equal(await refusal(react(alice, roomId, message, key)), "400 M_DUPLICATE_ANNOTATION", key);
  }
});

it("a repeated request gives the annotation that it made", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "hello");
  const to = `rooms/${encodeURIComponent(roomId)}/send/m.reaction/same`;
  const content = relatesTo("m.annotation", message, { key: "👍" });
  const first = await alice.put(to, content);
  assert.deepEqual(await alice.put(to, content), first);
});

it("no thread starts from an event that relates to another", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const children = [
    await reply(alice, roomId, root),
    await react(alice, roomId, root, "👍"),
    await send(alice, roomId, { ...text, ...relatesTo("org.example.own", root) }),
    await send(alice, roomId, { ciphertext: "x", ...relatesTo("m.thread", root) }, "m.room.encrypted"),
  ];
  for (const child of children) assert.equal(await refusal(reply(bob, roomId, child)), "400 M_UNKNOWN");
  assert.equal(await refusal(reply(bob, roomId, root)), "allowed");
});

it("nobody learns by a thread what an event is that they may not see", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "joined" });
  const child = await reply(alice, roomId, await alice.say(roomId, "root"));
  await bob.join(roomId);
  assert.equal(await refusal(reply(bob, roomId, child)), "allowed");
  assert.equal(await refusal(reply(bob, roomId, "$unknown")), "allowed");
  assert.equal(await bundled(alice, roomId, child), undefined);
});

it("a thread starts from a rich reply, from a child of long ago that is redacted, and from state", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "message");
  const richReply = await send(alice, roomId, {
    ...text,
    "m.relates_to": { "m.in_reply_to": { event_id: message } },
  });
  const redacted = await reply(alice, roomId, message);
  await redact(alice, roomId, redacted);
  const state = await alice.setState(roomId, "m.room.topic", { topic: "Warp" });
  for (const root of [richReply, redacted, state]) assert.equal(await refusal(reply(bob, roomId, root)), "allowed");
  assert.equal((await bundled(bob, roomId, richReply))?.["m.thread"]?.count, 1);
  assert.equal(await bundled(bob, roomId, state), undefined);
});

it("who may not speak in the room is told so, and nothing about its events", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  const root = await alice.say(roomId, "root");
  const child = await reply(alice, roomId, root);
  await react(alice, roomId, root, "👍");
  assert.equal(await refusal(reply(carol, roomId, child)), "403 M_FORBIDDEN");
  assert.equal(await refusal(react(carol, roomId, root, "👍")), "403 M_FORBIDDEN");
  assert.equal(await refusal(react(carol, "!unknown:test", root, "👍")), "403 M_FORBIDDEN");
});

it("relations that fit no schema are sent, and relate nothing", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const [message, elsewhere] = [await alice.say(roomId, "hello"), await alice.createRoom()];
  const strange = [
    "text",
    {},
    { rel_type: "m.thread" },
    { event_id: message },
    { rel_type: 1, event_id: message },
    { rel_type: "m.thread", event_id: [message] },
    { rel_type: "", event_id: message },
    { rel_type: "a\u0000b", event_id: message },
    { rel_type: "x".repeat(3_000), event_id: message },
    { rel_type: "m.reference", event_id: `$${"x".repeat(3_000)}` },
    { rel_type: "m.reference", event_id: "$a\u0000b" },
  ];
  for (const relation of strange) await send(alice, roomId, { ...text, "m.relates_to": relation });
  await send(alice, elsewhere, { ...text, ...relatesTo("m.reference", message) });
  await send(alice, elsewhere, { ...text, ...relatesTo("m.thread", message) });
  assert.deepEqual((await relationsOf(alice, roomId, message)).chunk, []);
  assert.equal((await eventOf(alice, roomId, message)).unsigned?.["m.relations"], undefined);
});
