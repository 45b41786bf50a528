import assert from "node:assert/strict";
import { path, refusal, type EventJson, type SyncJson, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

async function sharedRoom(homeserver: TestHomeserver, wishes: object = {}) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat", room_version: "10", ...wishes });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

const textsOf = (events: readonly EventJson[] = []): unknown[] =>
  events.filter(({ type }) => type === "m.room.message").map(({ content }) => content["body"]);
const membersOf = (events: readonly EventJson[] = []): string[] =>
  events.filter(({ type }) => type === "m.room.member").map(({ state_key }) => state_key ?? "");
const joined = (answer: SyncJson, roomId: string) => {
  const room = answer.rooms?.join?.[roomId];
  assert.ok(room, "the room is told");
  return room;
};

it("an initial sync tells the rooms with their state before the timeline", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  for (let n = 1; n <= 12; n++) await alice.say(roomId, String(n));
  const room = joined(await bob.sync(), roomId);
  assert.deepEqual(textsOf(room.timeline.events), ["3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
  assert.equal(room.timeline.limited, true);
  assert.deepEqual(membersOf(room.state.events), [alice.userId, bob.userId]);
  assert.ok([...room.timeline.events, ...room.state.events].every((event) => event.room_id === undefined));
  assert.equal(room.summary?.["m.joined_member_count"], 2);
  assert.deepEqual(room.summary?.["m.heroes"], [alice.userId]);
  const { chunk } = await bob.messages(roomId, { from: room.timeline.prev_batch, limit: "2" });
  assert.deepEqual(textsOf(chunk), ["2", "1"]);
});

it("an incremental sync tells what is new, and nothing twice", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const first = await bob.sync();
  assert.equal((await bob.sync({ since: first.next_batch })).rooms, undefined);
  await alice.say(roomId, "new");
  await alice.setState(roomId, "m.room.topic", { topic: "t" });
  const second = await bob.sync({ since: first.next_batch });
  const { timeline, state } = joined(second, roomId);
  assert.deepEqual(
    timeline.events.map(({ type }) => type),
    ["m.room.message", "m.room.topic"],
  );
  assert.deepEqual([timeline.limited, state.events], [false, []]);
  assert.equal((await bob.sync({ since: second.next_batch })).rooms, undefined);
});

it("a gap is limited, with what changed of the state within it", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const { next_batch: since } = await bob.sync();
  await alice.setState(roomId, "m.room.topic", { topic: "in the gap" });
  for (let n = 0; n < 5; n++) await alice.say(roomId, String(n));
  const { timeline, state } = joined(await bob.sync({ since, filter: { room: { timeline: { limit: 2 } } } }), roomId);
  assert.deepEqual(textsOf(timeline.events), ["3", "4"]);
  assert.equal(timeline.limited, true);
  assert.deepEqual(
    state.events.map(({ type }) => type),
    ["m.room.topic"],
  );
  const { chunk } = await bob.messages(roomId, { from: timeline.prev_batch, to: since, limit: "50" });
  assert.deepEqual(textsOf(chunk), ["2", "1", "0"]);
});

it("full_state tells all state of all rooms again", async (homeserver) => {
  const { bob, roomId } = await sharedRoom(homeserver);
  const { next_batch: since } = await bob.sync();
  const { state, timeline } = joined(await bob.sync({ since, full_state: true, timeout: 10_000 }), roomId);
  assert.ok(state.events.some(({ type }) => type === "m.room.create"));
  assert.deepEqual(timeline.events, []);
});

it("filters choose rooms, types and senders", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const other = await alice.createRoom({ invite: [bob.userId] });
  await bob.join(other);
  await alice.say(roomId, "a");
  await bob.say(roomId, "b");
  const rooms = await bob.sync({ filter: { room: { rooms: [other] } } });
  assert.deepEqual(Object.keys(rooms.rooms?.join ?? {}), [other]);
  const notRooms = await bob.sync({ filter: { room: { not_rooms: [other] } } });
  assert.deepEqual(Object.keys(notRooms.rooms?.join ?? {}), [roomId]);
  const bySender = await bob.sync({
    filter: { room: { timeline: { types: ["m.room.message"], senders: [bob.userId] } } },
  });
  const told = joined(bySender, roomId);
  assert.deepEqual(textsOf(told.timeline.events), ["b"]);
  assert.ok(
    told.state.events.some(({ type }) => type === "m.room.create"),
    "what the timeline leaves out is state",
  );
  const noState = await bob.sync({ filter: { room: { state: { types: [] }, timeline: { limit: 1 } } } });
  assert.deepEqual(joined(noState, roomId).state.events, []);
});

it("a filter finds what it keeps behind many events that it drops", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.say(roomId, "wanted");
  for (let n = 0; n < 20; n++) await alice.setState(roomId, "org.example.filler", { n });
  const filter = { room: { timeline: { limit: 1, types: ["m.room.message"] } } };
  const { timeline } = joined(await bob.sync({ filter }), roomId);
  assert.deepEqual([textsOf(timeline.events), timeline.limited], [["wanted"], false]);
});

it("events come in the format of servers when a filter asks for it", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const eventId = await alice.say(roomId, "signed");
  const filter = { event_format: "federation", room: { timeline: { limit: 1 } } };
  const { timeline, state } = joined(await alice.sync({ filter }), roomId);
  const [event] = timeline.events;
  assert.deepEqual([event?.event_id, event?.room_id, event?.content["body"]], [eventId, roomId, "signed"]);
  assert.ok(event && ["auth_events", "depth", "hashes", "prev_events", "signatures"].every((name) => name in event));
  assert.ok(typeof event.unsigned?.["transaction_id"] === "string");
  assert.ok(state.events.length > 0 && state.events.every((told) => "signatures" in told));
});

it("a limit of 0 gives no timeline and the state as it is now", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.setState(roomId, "m.room.topic", { topic: "now" });
  const { timeline, state } = joined(await bob.sync({ filter: { room: { timeline: { limit: 0 } } } }), roomId);
  assert.deepEqual([timeline.events, timeline.limited], [[], true]);
  assert.ok(state.events.some(({ content }) => content["topic"] === "now"));
});

it("event_fields cuts events, and stored filters are named by their ID", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  await alice.say(roomId, "hello");
  // With less, the answer would not fit the description of events.
  const event_fields = ["type", "event_id", "sender", "origin_server_ts", "state_key", "content.body"];
  const filter = { event_fields, room: { timeline: { limit: 1 } } };
  const stored = await alice.post<{ filter_id: string }>(path`user/${alice.userId}/filter`, filter);
  for (const named of [filter, stored.filter_id]) {
    const { timeline } = joined(await alice.sync({ filter: named }), roomId);
    const names = Object.keys(timeline.events[0] ?? {}).toSorted();
    assert.deepEqual(names, ["content", "event_id", "origin_server_ts", "sender", "type"]);
    assert.deepEqual(timeline.events[0]?.content, { body: "hello" });
  }
});

it("what is no token or no filter is refused", async (homeserver) => {
  const alice = await homeserver.register("alice");
  assert.equal(await refusal(alice.sync({ since: "nonsense" })), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.sync({ since: "" })), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.sync({ filter: "{" })), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.sync({ filter: { room: 1 } })), "400 M_BAD_JSON");
  assert.equal(await refusal(alice.sync({ filter: "404" })), "404 M_NOT_FOUND");
  assert.equal(await refusal(alice.get("sync?timeout=soon")), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.get("sync?full_state=maybe")), "400 M_INVALID_PARAM");
});

it("lazy loading tells the members who speak, once, and again when asked to or when they change", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver, { name: "Named" });
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  for (let n = 0; n < 3; n++) await alice.say(roomId, String(n));
  const lazy = { room: { state: { lazy_load_members: true }, timeline: { limit: 2 } } };
  const first = await bob.sync({ filter: lazy });
  assert.deepEqual(membersOf(joined(first, roomId).state.events), [alice.userId, bob.userId]);
  await alice.say(roomId, "again");
  await carol.say(roomId, "hello");
  const second = await bob.sync({ filter: lazy, since: first.next_batch });
  assert.deepEqual(membersOf(joined(second, roomId).state.events), [carol.userId]);
  const lost = await bob.sync({ filter: lazy, since: first.next_batch });
  assert.deepEqual(membersOf(joined(lost, roomId).state.events), [carol.userId], "the answer may have been lost");
  await carol.say(roomId, "hello again");
  const third = await bob.sync({ filter: lazy, since: second.next_batch });
  assert.deepEqual(membersOf(joined(third, roomId).state.events), []);
  const redundant = { room: { ...lazy.room, state: { lazy_load_members: true, include_redundant_members: true } } };
  const fourth = await bob.sync({ filter: redundant, since: second.next_batch });
  assert.deepEqual(membersOf(joined(fourth, roomId).state.events), [carol.userId]);
  await carol.put(path`profile/${carol.userId}/displayname`, { displayname: "Caroline" });
  for (let n = 0; n < 3; n++) await alice.say(roomId, String(n));
  const fifth = joined(await bob.sync({ filter: lazy, since: third.next_batch }), roomId);
  assert.equal(fifth.state.events[0]?.content["displayname"], "Caroline", "a known member changed in the gap");
});

it("after a gap, lazy loading tells who came and went in it, whether they speak or not", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver, { name: "Named" });
  const carol = await homeserver.register("carol");
  const filter = { room: { state: { lazy_load_members: true }, timeline: { limit: 2 } } };
  const first = await bob.sync({ filter });
  await carol.join(roomId);
  for (let n = 0; n < 3; n++) await alice.say(roomId, String(n));
  const second = await bob.sync({ filter, since: first.next_batch });
  assert.deepEqual(membersOf(joined(second, roomId).state.events), [carol.userId]);
  await carol.leave(roomId);
  for (let n = 0; n < 3; n++) await alice.say(roomId, String(n));
  const { state } = joined(await bob.sync({ filter, since: second.next_batch }), roomId);
  assert.deepEqual(membersOf(state.events), [carol.userId]);
  assert.equal(state.events[0]?.content["membership"], "leave");
});

it("with lazy loading the heroes of a nameless room are told", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  for (let n = 0; n < 2; n++) await bob.say(roomId, String(n));
  const filter = { room: { state: { lazy_load_members: true }, timeline: { limit: 1 } } };
  const { state, summary } = joined(await bob.sync({ filter }), roomId);
  assert.deepEqual(summary?.["m.heroes"], [alice.userId]);
  assert.deepEqual(membersOf(state.events).toSorted(), [alice.userId, bob.userId].toSorted());
});

it("invites and knocks come with stripped state", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const { next_batch: since } = await bob.sync();
  const initial_state = [{ type: "m.room.join_rules", content: { join_rule: "knock" } }];
  const invited = await alice.createRoom({ name: "Invited", invite: [bob.userId], room_version: "10" });
  const knocked = await alice.createRoom({ name: "Knocked", initial_state, room_version: "10" });
  await bob.post(path`knock/${knocked}`);
  for (const answer of [await bob.sync(), await bob.sync({ since })]) {
    const { invite, knock, join } = answer.rooms ?? {};
    const inviteState = invite?.[invited]?.invite_state.events ?? [];
    assert.equal(inviteState.find(({ type }) => type === "m.room.name")?.content["name"], "Invited");
    assert.equal(inviteState.find(({ state_key }) => state_key === bob.userId)?.content["membership"], "invite");
    assert.deepEqual(Object.keys(inviteState[0] ?? {}).toSorted(), ["content", "sender", "state_key", "type"]);
    const knockState = knock?.[knocked]?.knock_state.events ?? [];
    assert.equal(knockState.find(({ type }) => type === "m.room.name")?.content["name"], "Knocked");
    assert.equal(join, undefined);
  }
});

it("a refused invite is told as a room left, without anything of the room", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ name: "Secret", invite: [bob.userId] });
  const { next_batch: since } = await bob.sync();
  await bob.leave(roomId);
  const { timeline, state } = (await bob.sync({ since })).rooms?.leave?.[roomId] ?? {};
  assert.deepEqual(
    timeline?.events.map(({ content }) => content["membership"]),
    ["invite", "leave"],
  );
  assert.deepEqual(state?.events, []);
});

it("a room that was left is told up to the departure, once, and initially when asked for", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const { next_batch: since } = await bob.sync();
  await alice.say(roomId, "before");
  await alice.tell("kick", roomId, bob);
  await alice.say(roomId, "after");
  const answer = await bob.sync({ since });
  assert.equal(answer.rooms?.join, undefined);
  const left = answer.rooms?.leave?.[roomId];
  assert.deepEqual(
    left?.timeline.events.map(({ type }) => type),
    ["m.room.message", "m.room.member"],
  );
  assert.equal((await bob.sync({ since: answer.next_batch })).rooms, undefined);
  assert.equal((await bob.sync()).rooms, undefined);
  const included = (await bob.sync({ filter: { room: { include_leave: true } } })).rooms?.leave?.[roomId];
  assert.deepEqual(textsOf(included?.timeline.events), ["before"]);
  await alice.tell("ban", roomId, bob);
  const banned = (await bob.sync({ since: answer.next_batch })).rooms?.leave?.[roomId];
  assert.equal(banned?.timeline.events[0]?.content["membership"], "ban");
});

it("a room that the world may read ends at the departure for who left", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "world_readable" });
  const { next_batch: since } = await bob.sync();
  await bob.leave(roomId);
  await alice.say(roomId, "after");
  const left = (await bob.sync({ since })).rooms?.leave?.[roomId];
  assert.deepEqual(membersOf(left?.timeline.events), [bob.userId]);
  assert.deepEqual(textsOf(left?.timeline.events), []);
});

it("a room joined since is told in full, and a room joined again from where it was known", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  const [sinceCarol, sinceBob] = [(await carol.sync()).next_batch, (await bob.sync()).next_batch];
  await carol.join(roomId);
  await bob.leave(roomId);
  await alice.setState(roomId, "m.room.topic", { topic: "while away" });
  await bob.join(roomId);
  const told = joined(await carol.sync({ since: sinceCarol, filter: { room: { timeline: { limit: 1 } } } }), roomId);
  assert.ok(told.state.events.some(({ type }) => type === "m.room.create"));
  const filter = { room: { timeline: { limit: 50 } } };
  const whole = joined(await carol.sync({ since: sinceCarol, filter }), roomId);
  assert.deepEqual([whole.timeline.events[0]?.type, whole.timeline.limited], ["m.room.create", true]);
  assert.equal(
    joined(await carol.sync({ filter }), roomId).timeline.limited,
    false,
    "unless it is told with all rooms",
  );
  const again = joined(await bob.sync({ since: sinceBob }), roomId);
  assert.deepEqual(
    again.timeline.events.map(({ type }) => type),
    ["m.room.member", "m.room.member", "m.room.topic", "m.room.member"],
  );
  assert.equal(again.timeline.limited, false);
});

it("where members see what came after their joining alone, they have all state all the same", async (homeserver) => {
  const initial_state = [{ type: "m.room.history_visibility", content: { history_visibility: "joined" } }];
  const { alice, bob, roomId } = await sharedRoom(homeserver, { initial_state });
  const carol = await homeserver.register("carol");
  await alice.say(roomId, "secret");
  await carol.join(roomId);
  await alice.say(roomId, "open");
  const { timeline, state } = joined(await carol.sync(), roomId);
  assert.deepEqual(textsOf(timeline.events), ["open"]);
  assert.deepEqual(membersOf(timeline.events), [alice.userId, carol.userId]);
  assert.ok(membersOf(state.events).includes(bob.userId), "whose joining cannot be seen");
  const { next_batch: since } = await bob.sync();
  await bob.leave(roomId);
  await alice.setState(roomId, "m.room.topic", { topic: "while away" });
  await alice.say(roomId, "secret again");
  await alice.setState(roomId, "m.room.name", { name: "for a while" });
  await alice.setState(roomId, "m.room.name", { name: "for good" });
  await bob.join(roomId);
  const again = joined(await bob.sync({ since }), roomId);
  assert.deepEqual(
    again.timeline.events.map(({ type }) => type),
    ["m.room.member", "m.room.topic", "m.room.name", "m.room.member"],
    "what holds now stands where it came",
  );
  assert.equal(again.timeline.events[2]?.content["name"], "for good");
  assert.deepEqual(textsOf(again.timeline.events), []);
});

it("a sync that waits wakes for news, and else ends at its time-out", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const { next_batch: since } = await bob.sync();
  const before = performance.now();
  assert.equal((await bob.sync({ since, timeout: 50 })).rooms, undefined);
  assert.ok(performance.now() - before >= 45);
  const waiting = bob.sync({ since, timeout: 20_000 });
  await alice.say(roomId, "wake");
  assert.deepEqual(textsOf(joined(await waiting, roomId).timeline.events), ["wake"]);
  const waitsForInvite = bob.sync({ since: (await bob.sync()).next_batch, timeout: 20_000 });
  const invited = await alice.createRoom({ invite: [bob.userId] });
  assert.ok((await waitsForInvite).rooms?.invite?.[invited]);
});

it("only the sending device is told the transaction", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const other = await homeserver.otherDeviceOf(alice);
  await alice.say(roomId, "hello", "mine");
  const txnOf = async (device: TestClient) =>
    joined(await device.sync(), roomId).timeline.events.at(-1)?.unsigned?.["transaction_id"];
  assert.deepEqual([await txnOf(alice), await txnOf(other)], ["mine", undefined]);
});

it("who types is told to the others until it ends", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  const { next_batch: since } = await bob.sync();
  const type = async (user: TestClient, body: unknown, as = user) =>
    await user.put(path`rooms/${roomId}/typing/${as.userId}`, body);
  const typingIn = (answer: SyncJson) => answer.rooms?.join?.[roomId]?.ephemeral?.events[0]?.content["user_ids"];
  await type(alice, { typing: true, timeout: 30_000 });
  const begun = await bob.sync({ since });
  assert.deepEqual(typingIn(begun), [alice.userId]);
  assert.deepEqual(typingIn(await bob.sync()), [alice.userId]);
  await type(alice, { typing: false });
  const ended = await bob.sync({ since: begun.next_batch });
  assert.deepEqual(typingIn(ended), []);
  await type(alice, { typing: true, timeout: 20 });
  await bob.syncUntil(ended.next_batch, (answer) => JSON.stringify(typingIn(answer)) === "[]");
  assert.equal(await refusal(type(alice, { typing: true }, bob)), "403 M_FORBIDDEN");
  assert.equal(await refusal(type(carol, { typing: true })), "403 M_FORBIDDEN");
  assert.equal(await refusal(type(alice, {})), "400 M_MISSING_PARAM");
  assert.equal(await refusal(type(alice, { typing: "yes" })), "400 M_BAD_JSON");
});

it("tokens hold after a restart", async () => {
  await using homeserver = await TestHomeserver.start();
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const { next_batch: since } = await bob.sync();
  await alice.say(roomId, "before");
  await homeserver.restart();
  await alice.say(roomId, "after");
  const answer = await bob.sync({ since });
  assert.deepEqual(textsOf(joined(answer, roomId).timeline.events), ["before", "after"]);
  assert.equal((await bob.sync({ since: answer.next_batch })).rooms, undefined);
});
