import assert from "node:assert/strict";
import { path } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import {
  bundled,
  bundleOf,
  edit,
  eventOf,
  ignore,
  redact,
  relatesTo,
  relationsOf,
  send,
  sharedRoom,
  text,
} from "./testing.ts";

const it = homeserverTests();

it("the latest edit is bundled whole, and the content stays what was sent", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "one");
  await edit(alice, roomId, message, "two");
  const latest = await edit(alice, roomId, message, "three");
  const { chunk } = await bob.messages(roomId, { limit: "3" });
  const told = [chunk.at(-1), await eventOf(bob, roomId, message)];
  const [inSync] = [(await bob.sync()).rooms?.join?.[roomId]?.timeline.events.find((e) => e.event_id === message)];
  for (const original of [...told, inSync]) {
    assert.equal(original?.content["body"], "one");
    const replacement = bundleOf(original)?.["m.replace"];
    assert.equal(replacement?.event_id, latest);
    assert.equal(replacement?.sender, alice.userId);
    assert.equal(typeof replacement?.origin_server_ts, "number");
    assert.deepEqual(replacement?.content["m.new_content"], { msgtype: "m.text", body: "three" });
  }
  assert.equal(bundleOf(told[0])?.["m.replace"]?.room_id, roomId);
  assert.equal(bundleOf(inSync)?.["m.replace"]?.room_id, undefined);
});

it("an edit that breaks a rule is sent, and replaces nothing", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "one");
  const other = await alice.createRoom();
  const fresh = { "m.new_content": { body: "x" } };
  const byAnother = await edit(bob, roomId, message, "mine");
  const ofOtherType = await send(alice, roomId, { ...fresh, ...relatesTo("m.replace", message) }, "org.example.x");
  const withoutContent = await send(alice, roomId, { ...text, ...relatesTo("m.replace", message) });
  const withText = await send(alice, roomId, { ...text, "m.new_content": "x", ...relatesTo("m.replace", message) });
  await edit(alice, other, message, "from another room");
  const state = await alice.setState(roomId, "m.room.message", { ...fresh, ...relatesTo("m.replace", message) });
  assert.equal(await bundled(alice, roomId, message), undefined);
  const { chunk } = await relationsOf(alice, roomId, message, { limit: "50" });
  const expected = [state, withText, withoutContent, ofOtherType, byAnother];
  assert.deepEqual(
    chunk.map(({ event_id }) => event_id),
    expected,
  );
});

it("an edit cannot be edited", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "one");
  const first = await edit(alice, roomId, message, "two");
  await edit(alice, roomId, first, "three");
  assert.equal((await bundled(alice, roomId, message))?.["m.replace"]?.event_id, first);
  assert.equal(await bundled(alice, roomId, first), undefined);
});

it("state cannot be edited", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const topic = await alice.setState(roomId, "m.room.topic", { topic: "Warp" });
  const content = { "m.new_content": { topic: "Weft" }, ...relatesTo("m.replace", topic) };
  await send(alice, roomId, content, "m.room.topic");
  assert.equal(await bundled(alice, roomId, topic), undefined);
});

it("an encrypted event is edited by an encrypted event, whose new content nobody here sees", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const message = await send(alice, roomId, { ciphertext: "a" }, "m.room.encrypted");
  const content = { ciphertext: "b", ...relatesTo("m.replace", message) };
  const replacement = await send(alice, roomId, content, "m.room.encrypted");
  assert.equal((await bundled(alice, roomId, message))?.["m.replace"]?.event_id, replacement);
  await edit(alice, roomId, message, "in the clear");
  assert.equal((await bundled(alice, roomId, message))?.["m.replace"]?.event_id, replacement);
});

it("a redacted edit is no edit any more: the one before it counts", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "one");
  const first = await edit(alice, roomId, message, "two");
  const second = await edit(alice, roomId, message, "three");
  await redact(alice, roomId, second);
  assert.equal((await bundled(alice, roomId, message))?.["m.replace"]?.event_id, first);
  await redact(alice, roomId, first);
  assert.equal(await bundled(alice, roomId, message), undefined);
  assert.deepEqual((await relationsOf(alice, roomId, message)).chunk, []);
});

it("a redacted event has no edits, but still its children", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "one");
  const replacement = await edit(alice, roomId, message, "two");
  await redact(alice, roomId, message);
  const later = await edit(alice, roomId, message, "three");
  const event = await eventOf(alice, roomId, message);
  assert.deepEqual([event.content, bundleOf(event)], [{}, undefined]);
  const { chunk } = await relationsOf(alice, roomId, message);
  assert.deepEqual(
    chunk.map(({ event_id }) => event_id),
    [later, replacement],
  );
});

it("edits by a user who is ignored are not told to who ignores them", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const message = await bob.say(roomId, "one");
  await edit(bob, roomId, message, "two");
  assert.ok((await bundled(alice, roomId, message))?.["m.replace"]);
  await ignore(alice, [bob]);
  assert.equal(await bundled(alice, roomId, message), undefined);
  assert.ok((await bundled(bob, roomId, message))?.["m.replace"]);
  await ignore(alice, []);
  assert.ok((await bundled(alice, roomId, message))?.["m.replace"]);
});

it("who has left sees events as they were edited until then", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "one");
  const first = await edit(alice, roomId, message, "two");
  await bob.leave(roomId);
  await edit(alice, roomId, message, "three");
  assert.equal((await bundled(bob, roomId, message))?.["m.replace"]?.event_id, first);
});

it("an edit is seen by whoever had seen the event before", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "one");
  for (const user of [alice, bob]) assert.equal(await bundled(user, roomId, message), undefined);
  const replacement = await edit(alice, roomId, message, "two");
  for (const user of [alice, bob]) {
    assert.equal((await bundled(user, roomId, message))?.["m.replace"]?.event_id, replacement);
    const context = await user.get<{ event: Parameters<typeof bundleOf>[0] }>(path`rooms/${roomId}/context/${message}`);
    assert.equal(bundleOf(context.event)?.["m.replace"]?.event_id, replacement);
  }
});
