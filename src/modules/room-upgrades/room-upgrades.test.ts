import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

async function upgrade(client: TestClient, roomId: string, version = "11", more: object = {}): Promise<string> {
  const answer = await client.post<{ replacement_room: string }>(path`rooms/${roomId}/upgrade`, {
    new_version: version,
    ...more,
  });
  return answer.replacement_room;
}

const data = (user: TestClient, type: string): string => path`user/${user.userId}/account_data/${type}`;
const tags = (user: TestClient, roomId: string): string => path`user/${user.userId}/rooms/${roomId}/account_data/m.tag`;
const rule = (roomId: string): string => path`pushrules/global/room/${roomId}`;

const people = async (homeserver: TestHomeserver): Promise<[TestClient, TestClient]> => [
  await homeserver.register("alice"),
  await homeserver.register("bob"),
];

it("the old room and the new one name each other", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const [from, to] of [
    ["1", "2"],
    ["9", "11"],
    ["11", "12"],
    ["12", "12"],
    ["12", "10"],
  ] as const) {
    const old = await alice.createRoom({
      room_version: from,
      creation_content: { type: "m.space", "m.federate": false, other: 1 },
    });
    const made = await upgrade(alice, old, to);
    const tombstone = (await alice.fullState(old)).find(({ type }) => type === "m.room.tombstone");
    assert.equal(tombstone?.content["replacement_room"], made);
    const eventId = to === "12" ? {} : { event_id: tombstone?.event_id };
    const { creator: _, ...create } = await alice.state(made, "m.room.create");
    assert.deepEqual(
      create,
      { room_version: to, type: "m.space", "m.federate": false, predecessor: { room_id: old, ...eventId } },
      `${from} to ${to}`,
    );
    await alice.say(made, "Hello");
  }
});

it("state is copied, memberships other than bans and what is not of Matrix are not", async (homeserver) => {
  const [alice, bob] = await people(homeserver);
  const copied: [string, object][] = [
    ["m.room.topic", { topic: "Threads" }],
    ["m.room.name", { name: "Loom" }],
    ["m.room.join_rules", { join_rule: "public" }],
    ["m.room.guest_access", { guest_access: "forbidden" }],
    ["m.room.history_visibility", { history_visibility: "joined" }],
    ["m.room.avatar", { url: "mxc://test/loom" }],
    ["m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" }],
    ["m.room.server_acl", { allow: ["*"], deny: ["evil.example"] }],
  ];
  const old = await alice.createRoom({ preset: "public_chat", room_version: "10" });
  await bob.join(old);
  for (const [type, content] of [...copied, ["org.example", {}] as const]) await alice.setState(old, type, content);
  await alice.setState(old, "m.space.child", { via: ["test"] }, "!a:test");
  await alice.setState(old, "m.space.child", {}, "!b:test");
  await alice.tell("ban", old, "@mallory:evil.example", "Noise");
  const made = await upgrade(alice, old);
  for (const [type, content] of copied) assert.deepEqual(await alice.state(made, type), content, type);
  const state = await alice.fullState(made);
  const keysOf = (type: string) => state.filter((event) => event.type === type).map(({ state_key: key }) => key);
  assert.deepEqual(new Set(keysOf("m.room.member")), new Set([alice.userId, "@mallory:evil.example"]));
  assert.deepEqual(await alice.state(made, "m.room.member", "@mallory:evil.example"), {
    membership: "ban",
    reason: "Noise",
  });
  assert.deepEqual(keysOf("m.space.child"), ["!a:test"]);
  assert.deepEqual(keysOf("org.example"), []);
});

it("power levels are copied as they are, and who upgrades has the same power as before", async (homeserver) => {
  const [alice, bob] = await people(homeserver);
  const old = await alice.createRoom({ preset: "public_chat", room_version: "10", name: "Loom" });
  await bob.join(old);
  const before = await alice.state(old, "m.room.power_levels");
  const levels = {
    ...before,
    users: { [alice.userId]: 100, [bob.userId]: 50, "@test:xyz": 40 },
    events: { "m.room.power_levels": 100, "m.room.tombstone": 50 },
  };
  await alice.setState(old, "m.room.power_levels", levels);
  const made = await upgrade(bob, old);
  assert.deepEqual(await bob.state(made, "m.room.power_levels"), levels);
  assert.equal((await bob.state(made, "m.room.name"))["name"], "Loom");
  assert.deepEqual(await alice.state(old, "m.room.power_levels"), levels, "who may not change them leaves them alone");
});

it("levels above 100 stay, those written as text become integers", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const old = await alice.createRoom({
    room_version: "9",
    power_level_content_override: { users: { [alice.userId]: 500 }, kick: "60" },
  });
  const made = await upgrade(alice, old, "10");
  const { users, kick } = await alice.state(made, "m.room.power_levels");
  assert.deepEqual([users, kick], [{ [alice.userId]: 500 }, 60]);
});

it("in room version 12 it takes more than other state to replace a room, unless the levels say what it takes", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const made = async (events: object, state_default: number): Promise<unknown> => {
    const power_level_content_override = { events, state_default };
    const old = await alice.createRoom({ room_version: "11", power_level_content_override });
    const { events: levels } = await alice.state(await upgrade(alice, old, "12"), "m.room.power_levels");
    return levels;
  };
  assert.deepEqual(await made({}, 50), { "m.room.tombstone": 150 });
  assert.deepEqual(await made({ a: 1 }, 100), { a: 1, "m.room.tombstone": 150 });
  assert.deepEqual(await made({ "m.room.tombstone": 60 }, 50), { "m.room.tombstone": 60 });
});

it("in room version 12 creators are named and stand above the levels; before they have a level again", async (homeserver) => {
  const [alice, bob] = await people(homeserver);
  const old = await alice.createRoom({ room_version: "11" });
  const levels = {
    ...(await alice.state(old, "m.room.power_levels")),
    users: { [alice.userId]: 100, [bob.userId]: 50 },
  };
  await alice.setState(old, "m.room.power_levels", levels);
  const made = await upgrade(alice, old, "12", { additional_creators: [bob.userId, alice.userId, bob.userId] });
  assert.deepEqual((await alice.state(made, "m.room.create"))["additional_creators"], [bob.userId]);
  assert.deepEqual((await alice.state(made, "m.room.power_levels"))["users"], {});
  const again = await upgrade(alice, made, "12");
  assert.equal("additional_creators" in (await alice.state(again, "m.room.create")), false);
  const back = await upgrade(alice, again, "11", { additional_creators: ["nonsense"] });
  assert.deepEqual((await alice.state(back, "m.room.power_levels"))["users"], { [alice.userId]: 100 });
});

for (const [usersDefault, expected] of [
  [0, 50],
  [80, 81],
] as const) {
  it(`in the old room who has level ${usersDefault} by default may not speak or invite`, async (homeserver) => {
    const alice = await homeserver.register("alice");
    const old = await alice.createRoom({
      room_version: "10",
      power_level_content_override: { users_default: usersDefault },
    });
    await upgrade(alice, old);
    const { events_default, invite } = await alice.state(old, "m.room.power_levels");
    assert.deepEqual([events_default, invite], [expected, expected]);
  });
}

it("aliases and the place in the directory go over to the new room", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = alice.userId.slice(1, -5);
  const aliases = [`#${name}1:test`, `#${name}2:test`] as const;
  const old = await alice.createRoom({ room_version: "10", visibility: "public" });
  for (const alias of aliases) await alice.put(path`directory/room/${alias}`, { room_id: old });
  const canonical = { alias: aliases[0], alt_aliases: [aliases[1]] };
  await alice.setState(old, "m.room.canonical_alias", canonical);
  const made = await upgrade(alice, old);
  for (const alias of aliases) assert.equal((await alice.get(path`directory/room/${alias}`))["room_id"], made);
  assert.deepEqual(await alice.state(old, "m.room.canonical_alias"), {});
  assert.deepEqual(await alice.state(made, "m.room.canonical_alias"), canonical);
  const visibility = async (roomId: string) => (await alice.get(path`directory/list/room/${roomId}`))["visibility"];
  assert.deepEqual([await visibility(old), await visibility(made)], ["private", "public"]);
  assert.equal(await visibility(await upgrade(alice, await alice.createRoom())), "private");
});

it("tags, direct chats and push rules go over to the new room, for others when they join", async (homeserver) => {
  const [alice, bob] = await people(homeserver);
  const old = await alice.createRoom({ preset: "public_chat", room_version: "10" });
  await bob.join(old);
  for (const user of [alice, bob]) {
    await user.put(tags(user, old), { tags: { work: {} } });
    await user.put(data(user, "m.direct"), { "@x:test": [old], "@y:test": ["!z:test"] });
    await user.put(rule(old), { actions: ["notify"] });
  }
  const made = await upgrade(alice, old);
  assert.equal(await refusal(bob.get(tags(bob, made))), "404 M_NOT_FOUND");
  await bob.join(made);
  for (const user of [alice, bob]) {
    assert.deepEqual(await user.get(tags(user, made)), { tags: { work: {} } });
    assert.deepEqual(await user.get(data(user, "m.direct")), { "@x:test": [old, made], "@y:test": ["!z:test"] });
    assert.deepEqual((await user.get(rule(made)))["actions"], ["notify"]);
  }
  await bob.put(tags(bob, made), { tags: {} });
  await bob.leave(made);
  await bob.join(made);
  assert.deepEqual(await bob.get(tags(bob, made)), { tags: {} }, "what is set for the new room stays");
});

it("who joins by setting the membership is given them too, once", async (homeserver) => {
  const [alice, bob] = await people(homeserver);
  const old = await alice.createRoom({ preset: "public_chat" });
  await bob.join(old);
  await bob.put(tags(bob, old), { tags: { work: {} } });
  await bob.put(rule(old), { actions: ["notify"] });
  const made = await upgrade(alice, old);
  await bob.setState(made, "m.room.member", { membership: "join" }, bob.userId);
  assert.deepEqual(await bob.get(tags(bob, made)), { tags: { work: {} } });
  await bob.delete(rule(made));
  await bob.setState(made, "m.room.member", { membership: "join", displayname: "Bobby" }, bob.userId);
  assert.equal(await refusal(bob.get(rule(made))), "404 M_NOT_FOUND", "a new name is no joining");
});

it("a room that only claims to replace another gets nothing", async (homeserver) => {
  const [alice, bob] = await people(homeserver);
  const old = await alice.createRoom();
  await bob.put(tags(bob, old), { tags: { work: {} } });
  for (const room_id of [old, "!unknown:test", 1]) {
    const claims = await alice.createRoom({ preset: "public_chat", creation_content: { predecessor: { room_id } } });
    await bob.join(claims);
    assert.equal(await refusal(bob.get(tags(bob, claims))), "404 M_NOT_FOUND");
  }
});

it("unknown versions and rooms, and users without the power for it, are refused and change nothing", async (homeserver) => {
  const [alice, bob] = await people(homeserver);
  const old = await alice.createRoom({ preset: "public_chat" });
  assert.equal(await refusal(upgrade(alice, old, "my_bad_version")), "400 M_UNSUPPORTED_ROOM_VERSION");
  assert.equal(await refusal(upgrade(alice, "!fail:unknown")), "404 M_NOT_FOUND");
  assert.equal(await refusal(alice.post(path`rooms/${old}/upgrade`, {})), "400 M_MISSING_PARAM");
  const creators = { additional_creators: ["nonsense"] };
  assert.equal(await refusal(upgrade(alice, old, "12", creators)), "400 M_INVALID_PARAM");
  assert.equal(await refusal(upgrade(bob, old)), "403 M_FORBIDDEN", "a stranger");
  await bob.join(old);
  for (const version of ["11", "12"]) assert.equal(await refusal(upgrade(bob, old, version)), "403 M_FORBIDDEN");
  assert.equal(await refusal(alice.state(old, "m.room.tombstone")), "404 M_NOT_FOUND");
});

it("an upgraded room is the same after a restart", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const old = await alice.createRoom({ name: "Loom" });
  const made = await upgrade(alice, old, "12");
  await homeserver.restart();
  assert.equal((await alice.state(old, "m.room.tombstone"))["replacement_room"], made);
  assert.equal((await alice.state(made, "m.room.name"))["name"], "Loom");
  await alice.say(made, "Hello");
});

it("no room takes its own place, however its tombstone is sent", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const [roomId, other] = [await alice.createRoom(), await alice.createRoom()];
  const send = async (content: object) => await alice.put(path`rooms/${roomId}/send/m.room.tombstone/t1`, content);
  const before = (await alice.messages(roomId)).chunk[0]?.event_id;
  const circle = { body: "Back to where you are", replacement_room: roomId };
  assert.equal(await refusal(alice.setState(roomId, "m.room.tombstone", circle)), "400 M_INVALID_PARAM");
  assert.equal(await refusal(send(circle)), "400 M_INVALID_PARAM");
  assert.equal((await alice.messages(roomId)).chunk[0]?.event_id, before);
  const elsewhere = { ...circle, replacement_room: other };
  assert.equal(await refusal(send(elsewhere)), "allowed");
  assert.equal(await refusal(alice.setState(roomId, "m.room.tombstone", elsewhere)), "allowed");
});
