import assert from "node:assert/strict";
import { type EventJson, path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

async function sharedRoom(homeserver: TestHomeserver, wishes: object = {}) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat", room_version: "10", ...wishes });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

it("state is set and read with and without a state key and a trailing slash", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  await alice.put(path`rooms/${roomId}/state/org.a`, { n: 1 });
  assert.deepEqual(await alice.get(path`rooms/${roomId}/state/org.a/`), { n: 1 });
  await alice.put(path`rooms/${roomId}/state/org.a/`, { n: 2 });
  assert.deepEqual(await alice.get(path`rooms/${roomId}/state/org.a`), { n: 2 });
  const key = "a/b ü%";
  await alice.put(path`rooms/${roomId}/state/org.a/${key}`, { n: 3 });
  assert.deepEqual(await alice.get(path`rooms/${roomId}/state/org.a/${key}`), { n: 3 });
  assert.deepEqual(await alice.get(path`rooms/${roomId}/state/org.a`), { n: 2 });
  const whole = await alice.get<EventJson>(`${path`rooms/${roomId}/state/org.a/${key}`}?format=event`);
  assert.deepEqual([whole.type, whole.state_key, whole.content, whole.sender], ["org.a", key, { n: 3 }, alice.userId]);
});

it("state that is said again is not stored again; by somebody else, or changed, it is", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver, { power_level_content_override: { state_default: 0 } });
  const first = await alice.setState(roomId, "org.a", { a: 1, b: 2 });
  assert.equal(await alice.setState(roomId, "org.a", { b: 2, a: 1 }), first);
  assert.notEqual(await bob.setState(roomId, "org.a", { a: 1, b: 2 }), first);
  const changed = await alice.setState(roomId, "org.a", { a: 2 });
  const [event] = (await alice.messages(roomId)).chunk;
  assert.equal(event?.event_id, changed);
  assert.deepEqual(event?.unsigned?.["prev_content"], { a: 1, b: 2 });
  assert.equal(event?.unsigned?.["prev_sender"], bob.userId);
});

it("who is outside reads and sets nothing, and learns not even whether there is a room", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const [carol, dora] = [await homeserver.register("carol"), await homeserver.register("dora")];
  await alice.tell("invite", roomId, dora);
  for (const room of [roomId, "!unknown:test", "nonsense", "!a\u0000b:test"]) {
    for (const user of [carol, dora]) {
      assert.equal(await refusal(user.fullState(room)), "403 M_FORBIDDEN", room);
      assert.equal(await refusal(user.state(room, "m.room.create")), "403 M_FORBIDDEN", room);
      assert.equal(await refusal(user.get(path`rooms/${room}/members`)), "403 M_FORBIDDEN", room);
      assert.equal(await refusal(user.get(path`rooms/${room}/joined_members`)), "403 M_FORBIDDEN", room);
      assert.equal(await refusal(user.setState(room, "m.room.topic", {})), "403 M_FORBIDDEN", room);
    }
  }
});

it("the world may read the state of a room that it may read", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "world_readable" });
  assert.equal((await carol.state(roomId, "m.room.create"))["room_version"], "10");
  assert.equal(await refusal(carol.setState(roomId, "m.room.topic", {})), "403 M_FORBIDDEN");
});

it("who left sees the state as it was then", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.setState(roomId, "m.room.topic", { topic: "before" });
  await bob.leave(roomId);
  await alice.setState(roomId, "m.room.topic", { topic: "after" });
  await alice.tell("ban", roomId, bob);
  assert.equal((await bob.state(roomId, "m.room.topic"))["topic"], "before");
  const topic = (await bob.fullState(roomId)).find(({ type }) => type === "m.room.topic");
  assert.equal(topic?.content["topic"], "before");
  const { chunk } = await bob.get<{ chunk: EventJson[] }>(path`rooms/${roomId}/members`);
  assert.equal(chunk.find(({ state_key }) => state_key === bob.userId)?.content["membership"], "leave");
  assert.equal(await refusal(bob.get(path`rooms/${roomId}/joined_members`)), "403 M_FORBIDDEN");
});

it("state that is not there is not found", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  assert.equal(await refusal(alice.state(roomId, "org.none")), "404 M_NOT_FOUND");
  assert.equal(await refusal(alice.state(roomId, "m.room.create", "key")), "404 M_NOT_FOUND");
});

const MALFORMED: readonly (readonly [what: string, type: string, content: unknown, refusal: string, key?: string])[] = [
  ["a list", "org.a", [], "400 M_BAD_JSON"],
  ["a float", "org.a", { n: 0.5 }, "400 M_BAD_JSON"],
  ["a large integer", "org.a", { n: 2 ** 60 }, "400 M_BAD_JSON"],
  ["half a character", "org.a", { text: "\ud800" }, "400 M_BAD_JSON"],
  ["a type with NUL", "org\u0000a", {}, "400 M_BAD_JSON"],
  ["a state key with NUL", "org.a", {}, "400 M_BAD_JSON", "a\u0000b"],
  ["a long state key", "org.a", {}, "413 M_TOO_LARGE", "k".repeat(256)],
  ["too much", "org.a", { text: "x".repeat(65_536) }, "413 M_TOO_LARGE"],
  ["levels that are texts", "m.room.power_levels", { ban: "50" }, "403 M_FORBIDDEN"],
  ["levels of users that are none", "m.room.power_levels", { users: { nobody: 50 } }, "403 M_FORBIDDEN"],
  ["levels that are a list", "m.room.power_levels", { users: [] }, "403 M_FORBIDDEN"],
  ["a second create event", "m.room.create", { room_version: "10" }, "400 M_BAD_JSON"],
  ["the state key of another user", "org.a", {}, "403 M_FORBIDDEN", "@other:test"],
  ["an alias that is none", "m.room.canonical_alias", { alias: "nonsense" }, "400 M_INVALID_PARAM"],
  ["an alias that points nowhere", "m.room.canonical_alias", { alias: "#nowhere:test" }, "400 M_BAD_ALIAS"],
  ["other aliases that are no list", "m.room.canonical_alias", { alt_aliases: "#a:test" }, "400 M_BAD_JSON"],
  ["other aliases that point nowhere", "m.room.canonical_alias", { alt_aliases: ["#a:test"] }, "400 M_BAD_ALIAS"],
];

it("malformed state is refused for its own reason and stores nothing", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const before = (await alice.messages(roomId)).chunk[0]?.event_id;
  for (const [what, type, content, expected, key] of MALFORMED) {
    assert.equal(await refusal(alice.setState(roomId, type, content, key)), expected, what);
  }
  assert.equal((await alice.messages(roomId)).chunk[0]?.event_id, before);
});

it("before version 6 numbers may be anything, before version 10 levels may be texts", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver, { room_version: "5" });
  assert.ok(await alice.setState(roomId, "org.a", { n: 0.5 }));
  assert.deepEqual(await alice.state(roomId, "org.a"), { n: 0.5 });
  const levels = await alice.state(roomId, "m.room.power_levels");
  assert.ok(await alice.setState(roomId, "m.room.power_levels", { ...levels, ban: "50" }));
});

it("power decides who sets state", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  assert.equal(await refusal(bob.setState(roomId, "m.room.topic", { topic: "b" })), "403 M_FORBIDDEN");
  const levels = await alice.state(roomId, "m.room.power_levels");
  const users = { [alice.userId]: 100, [bob.userId]: 50 };
  await alice.setState(roomId, "m.room.power_levels", { ...levels, users });
  assert.equal(await refusal(bob.setState(roomId, "m.room.topic", { topic: "b" })), "allowed");
  const more = { ...levels, users: { ...users, [bob.userId]: 100 } };
  assert.equal(await refusal(bob.setState(roomId, "m.room.power_levels", more)), "403 M_FORBIDDEN");
});

it("a canonical alias must point to the room, but may stay when it does no more", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const alias = `#canonical-${alice.userId.slice(1, -5)}:test`;
  await bob.put(path`directory/room/${alias}`, { room_id: roomId });
  await alice.setState(roomId, "m.room.canonical_alias", { alias });
  const other = await alice.createRoom();
  assert.equal(await refusal(alice.setState(other, "m.room.canonical_alias", { alias })), "400 M_BAD_ALIAS");
  // Bob may not change the state: it goes on naming the alias that he takes away.
  await bob.delete(path`directory/room/${alias}`);
  assert.equal((await alice.state(roomId, "m.room.canonical_alias"))["alias"], alias);
  assert.equal(await refusal(alice.setState(roomId, "m.room.canonical_alias", { alias, more: 1 })), "allowed");
});

it("members are filtered by membership, with both filters by either", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const [carol, dora] = [await homeserver.register("carol"), await homeserver.register("dora")];
  await alice.tell("invite", roomId, carol);
  await alice.tell("ban", roomId, dora);
  const members = async (query: string, user: TestClient = bob) => {
    const { chunk } = await user.get<{ chunk: EventJson[] }>(`${path`rooms/${roomId}/members`}${query}`);
    return chunk.map(({ state_key }) => (state_key ?? "").replace(/\d+:test$/, "")).toSorted();
  };
  assert.deepEqual(await members(""), ["@alice", "@bob", "@carol", "@dora"]);
  assert.deepEqual(await members("?membership=join"), ["@alice", "@bob"]);
  assert.deepEqual(await members("?not_membership=join"), ["@carol", "@dora"]);
  assert.deepEqual(await members("?membership=ban&not_membership=ban"), ["@alice", "@bob", "@carol", "@dora"]);
  assert.deepEqual(await members("?membership=join&not_membership=ban"), ["@alice", "@bob", "@carol"]);
  assert.equal(await refusal(members("?membership=party")), "400 M_INVALID_PARAM");
});

it("members are told as of a point of the timeline", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const { next_batch } = await alice.sync();
  const prev = (await alice.messages(roomId, { limit: "1" })).end ?? "";
  await bob.leave(roomId);
  const membership = async (at: string) => {
    const { chunk } = await alice.get<{ chunk: EventJson[] }>(`${path`rooms/${roomId}/members`}?at=${at}`);
    return chunk.find(({ state_key }) => state_key === bob.userId)?.content["membership"];
  };
  assert.equal(await membership(next_batch), "join");
  assert.equal(await membership(prev), undefined, "the point before Bob's join");
  assert.equal(await refusal(membership("nonsense")), "400 M_INVALID_PARAM");
});

it("members of a time that the user may not see are not told", async (homeserver) => {
  const visibility = { type: "m.room.history_visibility", content: { history_visibility: "joined" } };
  const { alice, bob, roomId } = await sharedRoom(homeserver, { initial_state: [visibility] });
  const { next_batch: before } = await alice.sync();
  const carol = await homeserver.register("carol");
  await alice.tell("invite", roomId, carol);
  await carol.join(roomId);
  const { next_batch: during } = await alice.sync();
  await carol.leave(roomId);
  await alice.say(roomId, "gone");
  const { next_batch: after } = await alice.sync();
  const told = async (user: TestClient, at: string) =>
    await refusal(user.get(`${path`rooms/${roomId}/members`}?at=${at}`));
  assert.equal(await told(bob, before), "allowed");
  assert.equal(await told(carol, before), "403 M_FORBIDDEN");
  assert.equal(await told(carol, during), "allowed");
  assert.equal(await told(carol, after), "allowed", "it is the time of the departure that is told");
});

it("state comes without what it replaced, which may be hidden from who asks", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  await alice.setState(roomId, "org.a", { secret: true });
  await alice.setState(roomId, "org.a", {});
  for (const way of ["state", "members"]) {
    const answer = await alice.get<unknown>(path`rooms/${roomId}/${way}`);
    assert.doesNotMatch(JSON.stringify(answer), /prev_content/);
  }
});

it("joined members come with what they call themselves", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.put(path`profile/${alice.userId}/displayname`, { displayname: "Alice" });
  assert.deepEqual(await bob.get(path`rooms/${roomId}/joined_members`), {
    joined: {
      [alice.userId]: { display_name: "Alice", avatar_url: null },
      [bob.userId]: { display_name: null, avatar_url: null },
    },
  });
});

it("an access list that denies this server itself is refused, others are kept as they are", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const set = async (content: object) => await refusal(alice.setState(roomId, "m.room.server_acl", content));
  assert.equal(await set({ allow: ["*"], deny: ["te?t"] }), "400 M_BAD_JSON");
  assert.equal(await set({ deny: ["evil.example"] }), "400 M_BAD_JSON", "nobody is allowed");
  assert.equal(await set({ allow: ["elsewhere"] }), "400 M_BAD_JSON");
  const content = { allow: ["*"], deny: ["*.evil.example"], allow_ip_literals: false, "org.example.more": 1 };
  assert.equal(await set(content), "allowed");
  assert.deepEqual(await alice.state(roomId, "m.room.server_acl"), content);
  assert.ok(await alice.say(roomId, "still here"));
});

it("rules of moderation policies are kept as they are, whatever they recommend", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const rules = {
    "m.policy.rule.user": { entity: "@*spam?:*.example.org", recommendation: "m.ban", reason: "spam \\ [a-z]" },
    "m.policy.rule.server": { entity: "*.example.org", recommendation: "org.example.mute", "org.example.more": [1] },
    "m.policy.rule.room": { entity: "!*:example.org", recommendation: "m.ban" },
  };
  for (const [type, content] of Object.entries(rules)) {
    await alice.setState(roomId, type, content, "rule:*");
    assert.deepEqual(await bob.state(roomId, type, "rule:*"), content);
    await alice.setState(roomId, type, {}, "rule:*");
    assert.deepEqual(await bob.state(roomId, type, "rule:*"), {}, "a rule is withdrawn by an empty content");
    assert.equal(await refusal(bob.setState(roomId, type, content, "rule:*")), "403 M_FORBIDDEN");
  }
});
