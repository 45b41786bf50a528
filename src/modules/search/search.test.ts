import assert from "node:assert/strict";
import { path, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { foundBy, idsOf, searchFor } from "./testing.ts";

const it = homeserverTests();

/** Alice in a room of her own. */
async function start(homeserver: TestHomeserver): Promise<{ alice: TestClient; roomId: string }> {
  const alice = await homeserver.register("alice");
  return { alice, roomId: await alice.createRoom({ preset: "public_chat" }) };
}

async function redact(client: TestClient, roomId: string, eventId: string): Promise<void> {
  await client.put(path`rooms/${roomId}/redact/${eventId}/r${eventId}`);
}

it("a message is found by a word of it right after it was sent, as clients see events", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  await alice.say(roomId, "nothing of the kind");
  const eventId = await alice.say(roomId, "hello, world");
  const found = await searchFor(alice, "hello", { keys: ["content.body"] });
  assert.deepEqual([found.count, found.highlights, found.next_batch], [1, ["hello"], undefined]);
  const [{ rank, result } = assert.fail()] = found.results;
  assert.ok(rank > 0);
  assert.deepEqual(
    [result.event_id, result.room_id, result.type, result.sender, result.content["body"]],
    [eventId, roomId, "m.room.message", alice.userId, "hello, world"],
  );
});

it("all words must be there, in any order, and each may be a part of a longer one", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const eventId = await alice.say(roomId, "The quick brown fox jumps over the lazy dog");
  assert.deepEqual(await foundBy(alice, "dog quick"), [eventId]);
  assert.deepEqual(await foundBy(alice, "uic row"), [eventId]);
  assert.deepEqual(await foundBy(alice, "quick cat"), []);
  // All of its parts stand there, but not together.
  assert.deepEqual(await foundBy(alice, "quickbrown"), []);
  assert.deepEqual(await foundBy(alice, "?!"), []);
});

it("case, accents and widths of letters make no difference, and clients learn what to highlight", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const eventId = await alice.say(roomId, "Ein CAFÉ in Łódź, ＦＵＬＬ width");
  for (const term of ["cafe", "CAFÉ", "full", "łodz"]) assert.deepEqual(await foundBy(alice, term), [eventId], term);
  assert.deepEqual((await searchFor(alice, "cafe")).highlights, ["cafe", "café"]);
  assert.deepEqual((await searchFor(alice, "Café")).highlights, ["café"]);
});

it("a word of one or two letters must stand there as a whole", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const eventId = await alice.say(roomId, "ok go");
  await alice.say(roomId, "okay goes");
  assert.deepEqual(await foundBy(alice, "ok"), [eventId]);
  assert.deepEqual(await foundBy(alice, "OK go"), [eventId]);
});

it("scripts without spaces are found by one character and by more", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const chinese = await alice.say(roomId, "我们明天在东京见面吧");
  const japanese = await alice.say(roomId, "東京タワーの写真です。ガギグ");
  const korean = await alice.say(roomId, "안녕하세요 세계");
  assert.deepEqual(await foundBy(alice, "东京"), [chinese]);
  assert.deepEqual(await foundBy(alice, "吧"), [chinese]);
  assert.deepEqual(await foundBy(alice, "京"), [japanese, chinese]);
  assert.deepEqual(await foundBy(alice, "明天在东京"), [chinese]);
  assert.deepEqual(await foundBy(alice, "明京"), []);
  assert.deepEqual(await foundBy(alice, "タワー"), [japanese]);
  assert.deepEqual(await foundBy(alice, "ｶﾞｷﾞｸﾞ"), [japanese]);
  assert.deepEqual(await foundBy(alice, "녕하"), [korean]);
});

it("names and topics of rooms are found too, by their keys alone if wanted", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const name = await alice.setState(roomId, "m.room.name", { name: "Gardeners" });
  const topic = await alice.setState(roomId, "m.room.topic", {
    topic: "See inside",
    "m.topic": { "m.text": [{ mimetype: "text/html", body: "<b>weeds</b>" }, { body: "All about gardeners" }] },
  });
  const body = await alice.say(roomId, "we gardeners");
  await alice.put(path`rooms/${roomId}/send/org.example.note/n1`, { body: "gardeners" });
  assert.deepEqual(await foundBy(alice, "gardeners"), [body, topic, name]);
  assert.deepEqual(await foundBy(alice, "weeds"), []);
  const withKeys = async (...keys: string[]) =>
    idsOf(await searchFor(alice, "gardeners", { keys, order_by: "recent" }));
  assert.deepEqual(await withKeys("content.body"), [body]);
  assert.deepEqual(await withKeys("content.name", "content.topic"), [topic, name]);
  assert.deepEqual(await withKeys("content.topic", "content.body"), [body, topic]);
  assert.deepEqual(await withKeys(), []);
});

it("redacted events are not found, whether they were indexed before or not", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const first = await alice.say(roomId, "this one will be redacted");
  const kept = await alice.say(roomId, "this one will not be redacted");
  assert.deepEqual(await foundBy(alice, "redacted"), [kept, first]);
  const second = await alice.say(roomId, "and redacted at once");
  for (const eventId of [first, second]) await redact(alice, roomId, eventId);
  for (const order_by of ["rank", "recent"]) {
    assert.deepEqual(idsOf(await searchFor(alice, "redacted", { order_by })), [kept], order_by);
  }
});

it("an edit is found by its new text, as the event that it is", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const original = await alice.say(roomId, "fisrt draft");
  const edit = await alice.put<{ event_id: string }>(path`rooms/${roomId}/send/m.room.message/e1`, {
    msgtype: "m.text",
    body: "* (edited)",
    "m.new_content": { msgtype: "m.text", body: "first draft" },
    "m.relates_to": { rel_type: "m.replace", event_id: original },
  });
  assert.deepEqual(await foundBy(alice, "first"), [edit.event_id]);
  const [{ result } = assert.fail()] = (await searchFor(alice, "fisrt")).results;
  assert.equal(result.event_id, original);
  // Aggregations are bundled as anywhere.
  assert.ok(Object.hasOwn(Object(result.unsigned?.["m.relations"]), "m.replace"));
});

it("encrypted events are not found by what is written in them", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  await alice.put(path`rooms/${roomId}/send/m.room.encrypted/e2`, { ciphertext: "secret", body: "secret" });
  assert.deepEqual(await foundBy(alice, "secret"), []);
});

it("others' rooms are not searched, those that were left up to the leaving, and forgotten ones no more", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "world_readable" });
  const bob = await homeserver.register("bob");
  const before = await alice.say(roomId, "visiting hours");
  assert.deepEqual(await foundBy(bob, "visiting"), []);
  await bob.join(roomId);
  const during = await alice.say(roomId, "visiting guest");
  assert.deepEqual(await foundBy(bob, "visiting"), [during, before]);
  await bob.leave(roomId);
  await alice.say(roomId, "visiting nobody");
  assert.deepEqual(await foundBy(bob, "visiting"), [during, before]);
  await bob.post(path`rooms/${roomId}/forget`);
  assert.deepEqual(await foundBy(bob, "visiting"), []);
});

it("what the history's visibility hides is neither found nor counted", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "joined" });
  const bob = await homeserver.register("bob");
  await alice.say(roomId, "surprise party for bob");
  await bob.join(roomId);
  const after = await alice.say(roomId, "surprise!");
  const found = await searchFor(bob, "surprise", { include_state: true, event_context: {} });
  assert.deepEqual([idsOf(found), found.count], [[after], 1]);
  const around = found.results[0]?.context?.events_before.map(({ content }) => content["body"]);
  assert.ok(!around?.includes("surprise party for bob"));
  assert.equal((await searchFor(alice, "surprise")).count, 2);
});

it("an invitation gives nothing to search", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const bob = await homeserver.register("bob");
  const roomId = await alice.createRoom({ preset: "private_chat", invite: [bob.userId] });
  await alice.say(roomId, "invitation card");
  assert.deepEqual(await foundBy(bob, "invitation"), []);
});

it("the filter picks rooms, types, senders and what has a url", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const other = await alice.createRoom();
  const bob = await homeserver.register("bob");
  await bob.join(roomId);
  const elsewhere = await alice.say(other, "holiday pictures");
  const own = await alice.say(roomId, "holiday pictures");
  const bobs = (
    await bob.put<{ event_id: string }>(path`rooms/${roomId}/send/m.room.message/p1`, {
      msgtype: "m.image",
      body: "holiday pictures",
      url: "mxc://test/p",
    })
  ).event_id;
  const named = await alice.setState(roomId, "m.room.name", { name: "holiday pictures" });
  const withFilter = async (filter: object) => idsOf(await searchFor(alice, "holiday", { filter, order_by: "recent" }));
  assert.deepEqual(await withFilter({}), [named, bobs, own, elsewhere]);
  assert.deepEqual(await withFilter({ rooms: [other] }), [elsewhere]);
  assert.deepEqual(await withFilter({ not_rooms: [other] }), [named, bobs, own]);
  assert.deepEqual(await withFilter({ rooms: [] }), []);
  assert.deepEqual(await withFilter({ types: ["m.room.name"] }), [named]);
  assert.deepEqual(await withFilter({ not_types: ["m.room.n*"], senders: [alice.userId] }), [own, elsewhere]);
  assert.deepEqual(await withFilter({ not_senders: [alice.userId] }), [bobs]);
  assert.deepEqual(await withFilter({ contains_url: true }), [bobs]);
  assert.deepEqual(await withFilter({ contains_url: false, types: ["m.room.message"] }), [own, elsewhere]);
  assert.deepEqual(await withFilter({ limit: 2 }), [named, bobs]);
});

/** What a room is made with that takes the place of another. */
const predecessor = (room_id: string) => ({ creation_content: { predecessor: { room_id, event_id: "$tombstone" } } });

const inRoom = async (client: TestClient, room: string, not_rooms: readonly string[] = []): Promise<string[]> =>
  idsOf(await searchFor(client, "upgrade", { filter: { rooms: [room], not_rooms }, order_by: "recent" }));

it("what was said before an upgrade is found in the new room", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const before = await alice.say(roomId, "message before upgrade");
  const { replacement_room } = await alice.post<{ replacement_room: string }>(path`rooms/${roomId}/upgrade`, {
    new_version: "11",
  });
  const after = await alice.say(replacement_room, "message after upgrade");
  assert.deepEqual(await inRoom(alice, replacement_room), [after, before]);
  const filter = { rooms: [roomId, replacement_room] };
  // Equals are told in the order in which they were said.
  assert.deepEqual(idsOf(await searchFor(alice, "upgrade", { filter })), [before, after]);
});

it("a room that was upgraded is searched with all that came before it", async (homeserver) => {
  const { alice, roomId: first } = await start(homeserver);
  const bob = await homeserver.register("bob");
  await bob.join(first);
  const oldest = await alice.say(first, "message before upgrade");
  const second = await alice.createRoom({ preset: "public_chat", ...predecessor(first) });
  const middle = await alice.say(second, "message between upgrades");
  const third = await alice.createRoom({ preset: "public_chat", ...predecessor(second) });
  const newest = await alice.say(third, "message after upgrade");
  assert.deepEqual(await inRoom(alice, third), [newest, middle, oldest]);
  assert.deepEqual(await inRoom(alice, second), [middle, oldest]);
  assert.deepEqual(await inRoom(alice, first), [oldest]);
  assert.deepEqual(await inRoom(alice, third, [first]), [newest, middle]);
  // Who is not in a room has nothing of it, whatever a new room calls its predecessor.
  await bob.join(third);
  assert.deepEqual(await inRoom(bob, third), [newest]);
});

it("of users whom one ignores nothing is found but state", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const bob = await homeserver.register("bob");
  await bob.join(roomId);
  await bob.say(roomId, "buy pills");
  const own = await alice.say(roomId, "no pills please");
  await bob.say(roomId, "cheap pills");
  const ignored_users = { [bob.userId]: {} };
  await alice.put(path`user/${alice.userId}/account_data/m.ignored_user_list`, { ignored_users });
  const found = await searchFor(alice, "pills", { event_context: {} });
  assert.deepEqual(idsOf(found), [own]);
  const { events_before = [], events_after = [] } = found.results[0]?.context ?? {};
  assert.ok([...events_before, ...events_after].every(({ type }) => type !== "m.room.message"));
});

it("what was said before the server stopped is found after it started again", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const first = await alice.say(roomId, "restart one");
  assert.deepEqual(await foundBy(alice, "restart"), [first]);
  const second = await alice.say(roomId, "restart two");
  await homeserver.restart();
  assert.deepEqual(await foundBy(alice, "restart"), [second, first]);
});

it("many rooms are searched at once, each as far as one may see it", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const bob = await homeserver.register("bob");
  await bob.join(roomId);
  const own = await bob.say(roomId, "needle");
  const all: string[] = [own];
  for (let rooms = 0; rooms < 10; rooms++) {
    const room = await alice.createRoom();
    all.unshift(await alice.say(room, "needle"));
  }
  assert.deepEqual(idsOf(await searchFor(alice, "needle", { order_by: "recent", filter: { limit: 50 } })), all);
  assert.deepEqual(await foundBy(bob, "needle"), [own]);
});
