import assert from "node:assert/strict";
import { path, refusal, type SyncJson, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests({ presence: { enabled: true } });

const statusPath = ({ userId }: TestClient) => path`presence/${userId}/status`;
const setStatus = async (client: TestClient, body: object, of = client) => await client.put(statusPath(of), body);
const statusOf = async (asking: TestClient, of = asking) => await asking.get(statusPath(of));

/** What an answer tells of a user's presence. */
const toldOf = (answer: SyncJson, { userId }: TestClient) =>
  answer.presence?.events.find(({ sender }) => sender === userId)?.content;

/** Two in a room of whom nobody has synced. */
async function pair(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

it("a user's own presence can be set and asked for", async (homeserver) => {
  const alice = await homeserver.register("alice");
  assert.deepEqual(await statusOf(alice), { presence: "offline" });
  assert.deepEqual(await setStatus(alice, { presence: "online", status_msg: "Here\0" }), {});
  const { last_active_ago: ago, ...status } = await statusOf(alice);
  assert.ok(typeof ago === "number" && ago >= 0 && ago < 10_000);
  assert.deepEqual(status, { presence: "online", currently_active: true, status_msg: "Here\0" });
  await setStatus(alice, { presence: "unavailable" });
  const { last_active_ago: _, ...idle } = await statusOf(alice);
  assert.deepEqual(idle, { presence: "unavailable" });
});

it("presence is set by its user alone, and within bounds", async (homeserver) => {
  const { alice, bob } = await pair(homeserver);
  const guest = await homeserver.register("guest", { isGuest: true });
  const reason = async (body: object) => await refusal(setStatus(alice, body));
  assert.equal(await refusal(setStatus(alice, { presence: "online" }, bob)), "403 M_FORBIDDEN");
  assert.equal(await reason({}), "400 M_MISSING_PARAM");
  assert.equal(await reason({ presence: "here" }), "400 M_INVALID_PARAM");
  assert.equal(await reason({ presence: 1 }), "400 M_BAD_JSON");
  assert.equal(await reason({ presence: "online", status_msg: 1 }), "400 M_BAD_JSON");
  assert.equal(await reason({ presence: "online", status_msg: "x".repeat(1_001) }), "400 M_INVALID_PARAM");
  assert.equal(await refusal(setStatus(guest, { presence: "online" })), "403 M_GUEST_ACCESS_FORBIDDEN");
  assert.deepEqual(await statusOf(alice), { presence: "offline" });
  assert.equal(await refusal(alice.get("sync?set_presence=here")), "400 M_INVALID_PARAM");
});

it("those who share a room see each other's presence, others do not", async (homeserver) => {
  const { alice, bob, roomId } = await pair(homeserver);
  const carol = await homeserver.register("carol");
  await setStatus(alice, { presence: "online", status_msg: null });
  assert.equal((await statusOf(bob, alice))["presence"], "online");
  assert.equal(await refusal(statusOf(carol, alice)), "403 M_FORBIDDEN");
  assert.equal(await refusal(carol.get("presence/@nobody:test/status")), "403 M_FORBIDDEN");
  assert.equal(await refusal(carol.get("presence/carol/status")), "400 M_INVALID_PARAM");
  assert.equal(toldOf(await carol.sync(), alice), undefined);
  await bob.leave(roomId);
  assert.equal(await refusal(statusOf(bob, alice)), "403 M_FORBIDDEN");
  assert.equal(toldOf(await bob.sync(), alice), undefined);
});

it("a first sync tells who is there, name and picture included", async (homeserver) => {
  const { alice, bob } = await pair(homeserver);
  await alice.put(path`profile/${alice.userId}/displayname`, { displayname: "Alice" });
  await alice.put(path`profile/${alice.userId}/avatar_url`, { avatar_url: "mxc://test/alice" });
  await setStatus(alice, { presence: "unavailable", status_msg: "Back soon" });
  const answer = await bob.sync();
  const { last_active_ago: ago, ...content } = toldOf(answer, alice) ?? {};
  assert.equal(typeof ago, "number");
  assert.deepEqual(content, {
    presence: "unavailable",
    status_msg: "Back soon",
    displayname: "Alice",
    avatar_url: "mxc://test/alice",
  });
  assert.equal(toldOf(answer, bob)?.["presence"], "online");
});

it("a change wakes those who share a room, and the user's other devices", async (homeserver) => {
  const { alice, bob } = await pair(homeserver);
  const other = await homeserver.otherDeviceOf(alice);
  const [his, hers] = [await bob.sync({ set_presence: "offline" }), await other.sync({ set_presence: "offline" })];
  const waiting = [bob.sync({ since: his.next_batch, timeout: 20_000, set_presence: "offline" })];
  waiting.push(other.sync({ since: hers.next_batch, timeout: 20_000, set_presence: "offline" }));
  await setStatus(alice, { presence: "online", status_msg: "Hello" });
  for (const answer of await Promise.all(waiting)) assert.equal(toldOf(answer, alice)?.["status_msg"], "Hello");
});

it("a sync makes its user online, idle, or neither", async (homeserver) => {
  const { alice, bob } = await pair(homeserver);
  const seen = async () => (await statusOf(bob, alice))["presence"];
  const first = await alice.sync({ set_presence: "offline" });
  assert.equal(toldOf(first, alice), undefined);
  assert.equal(await seen(), "offline");
  const { next_batch: since } = await bob.sync();
  const idle = await alice.sync({ set_presence: "unavailable" });
  assert.equal(toldOf(idle, alice)?.["presence"], "unavailable");
  const told = await bob.syncUntil(since, (answer) => toldOf(answer, alice) !== undefined);
  assert.equal(toldOf(told, alice)?.["presence"], "unavailable");
  await alice.sync();
  assert.equal(await seen(), "online");
  const now = await bob.syncUntil(told.next_batch, (answer) => toldOf(answer, alice) !== undefined);
  assert.equal(toldOf(now, alice)?.["presence"], "online");
});

it("what a client set by a request outlasts its syncs that say nothing", async (homeserver) => {
  const { alice, roomId } = await pair(homeserver);
  const seen = async () => (await statusOf(alice))["presence"];
  await setStatus(alice, { presence: "unavailable" });
  await alice.sync();
  assert.equal(await seen(), "unavailable");
  const other = await homeserver.otherDeviceOf(alice);
  await other.sync();
  assert.equal(await seen(), "online");
  await other.sync({ set_presence: "unavailable" });
  assert.equal(await seen(), "unavailable");
  await alice.say(roomId, "I am here");
  assert.equal(await seen(), "online");
});

it("to send says nothing of one who is offline", async (homeserver) => {
  const { alice, roomId } = await pair(homeserver);
  await alice.say(roomId, "from a program");
  assert.deepEqual(await statusOf(alice), { presence: "offline" });
});

it("who joins learns who is there, and those there learn of the one who joins, with the join", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  const [hers, his] = [await alice.sync(), await bob.sync()];
  assert.equal(toldOf(his, alice), undefined);
  await bob.join(roomId);
  assert.equal(toldOf(await alice.sync({ since: hers.next_batch }), bob)?.["presence"], "online");
  assert.equal(toldOf(await bob.sync({ since: his.next_batch }), alice)?.["presence"], "online");
});

it("a join tells both sides also of those who are offline, once", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const carol = await homeserver.register("carol");
  const roomId = await alice.createRoom({ preset: "public_chat" });
  const { next_batch: since } = await bob.sync();
  await bob.join(roomId);
  const joined = await bob.sync({ since });
  assert.deepEqual(toldOf(joined, alice), { presence: "offline" });
  await carol.join(roomId);
  const later = await bob.sync({ since: joined.next_batch });
  assert.deepEqual(later.presence?.events, [
    { type: "m.presence", sender: carol.userId, content: { presence: "offline" } },
  ]);
  assert.equal((await bob.sync({ since: later.next_batch })).presence, undefined);
  const filter = { presence: { not_senders: [alice.userId] } };
  assert.equal(toldOf(await bob.sync({ since, filter }), alice), undefined);
});

it("who joined and left again is told of nobody", async (homeserver) => {
  const { alice, roomId } = await pair(homeserver);
  const carol = await homeserver.register("carol");
  const { next_batch: since } = await carol.sync();
  await carol.join(roomId);
  await carol.leave(roomId);
  assert.equal(toldOf(await carol.sync({ since }), alice), undefined);
});

it("a filter keeps presence out, by type and by sender, and limits it", async (homeserver) => {
  const { alice, bob, roomId } = await pair(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  await alice.sync();
  await carol.sync();
  const senders = async (presence: object) =>
    (await bob.sync({ filter: { presence } })).presence?.events.map(({ sender }) => sender).toSorted();
  assert.equal(await senders({ types: [] }), undefined);
  assert.equal(await senders({ not_types: ["m.presence"] }), undefined);
  assert.deepEqual(await senders({ senders: [alice.userId] }), [alice.userId]);
  assert.deepEqual(await senders({ not_senders: [alice.userId, bob.userId] }), [carol.userId]);
  assert.equal((await senders({ limit: 2 }))?.length, 2);
});

it("the presence of those whom a user ignores is not told", async (homeserver) => {
  const { alice, bob, roomId } = await pair(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  await bob.put(path`user/${bob.userId}/account_data/m.ignored_user_list`, { ignored_users: { [alice.userId]: {} } });
  const { next_batch: since } = await bob.sync();
  await alice.sync();
  await carol.sync();
  const told = await bob.syncUntil(since, (answer) => toldOf(answer, carol) !== undefined);
  assert.equal(toldOf(told, alice), undefined);
  assert.equal(toldOf(await bob.sync(), alice), undefined);
  assert.equal(toldOf(await carol.sync(), alice)?.["presence"], "online");
});

it("a client that asks for what lies before the memory of its feed is told who is there", async (homeserver) => {
  const { alice, bob } = await pair(homeserver);
  const { next_batch: since } = await bob.sync();
  await alice.sync();
  assert.equal(toldOf(await bob.sync({ since: since.replace(/_\d+/, "_1") }), alice)?.["presence"], "online");
});

it("a profile that changes is told with the presence", async (homeserver) => {
  const { alice, bob } = await pair(homeserver);
  await alice.sync();
  const { next_batch: since } = await bob.sync();
  await alice.put(path`profile/${alice.userId}/displayname`, { displayname: "Alicia" });
  const answer = await bob.syncUntil(since, (each) => toldOf(each, alice) !== undefined);
  assert.equal(toldOf(answer, alice)?.["displayname"], "Alicia");
});

it("the last words of a user outlast a restart, and nothing else of presence does", async (homeserver) => {
  const { alice, bob } = await pair(homeserver);
  await setStatus(alice, { presence: "online", status_msg: "On holiday" });
  await setStatus(bob, { presence: "online", status_msg: "Soon gone" });
  await setStatus(bob, { presence: "online" });
  await homeserver.restart();
  assert.deepEqual(await statusOf(bob, alice), { presence: "offline", status_msg: "On holiday" });
  assert.deepEqual(await statusOf(bob), { presence: "offline" });
  await alice.sync();
  assert.equal(toldOf(await bob.sync(), alice)?.["status_msg"], "On holiday");
});
