import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

const UNKNOWN_ROOM = "!unknown:test";

/** Alice made the room; Bob is who things happen to. */
async function roomOfAlice(homeserver: TestHomeserver, wishes: object = {}) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat", room_version: "10", ...wishes });
  const membership = async (user: TestClient = bob): Promise<unknown> => {
    const state = await alice.fullState(roomId);
    return state.find((event) => event.type === "m.room.member" && event.state_key === user.userId)?.content[
      "membership"
    ];
  };
  return { alice, bob, roomId, membership };
}

const VERBS = ["join", "leave", "knock", "invite", "kick", "ban", "unban"] as const;
type Verb = (typeof VERBS)[number];
const MEMBERSHIPS = ["none", "join", "invite", "knock", "leave", "ban"] as const;
type Membership = (typeof MEMBERSHIPS)[number];

/** What becomes of the membership, or how it is refused. A room whose join rule is `knock`, so that all may be tried. */
const TRANSITIONS: Readonly<Record<Membership, Readonly<Record<Verb, string>>>> = {
  none: {
    join: "403 M_FORBIDDEN",
    leave: "403 M_FORBIDDEN",
    knock: "knock",
    invite: "invite",
    kick: "403 M_FORBIDDEN",
    ban: "ban",
    unban: "403 M_BAD_STATE",
  },
  join: {
    join: "join",
    leave: "leave",
    knock: "403 M_FORBIDDEN",
    invite: "403 M_FORBIDDEN",
    kick: "leave",
    ban: "ban",
    unban: "403 M_BAD_STATE",
  },
  invite: {
    join: "join",
    leave: "leave",
    knock: "403 M_FORBIDDEN",
    invite: "invite",
    kick: "leave",
    ban: "ban",
    unban: "403 M_BAD_STATE",
  },
  knock: {
    join: "403 M_FORBIDDEN",
    leave: "leave",
    knock: "knock",
    invite: "invite",
    kick: "leave",
    ban: "ban",
    unban: "403 M_BAD_STATE",
  },
  leave: {
    join: "403 M_FORBIDDEN",
    leave: "leave",
    knock: "knock",
    invite: "invite",
    kick: "403 M_FORBIDDEN",
    ban: "ban",
    unban: "403 M_BAD_STATE",
  },
  ban: {
    join: "403 M_FORBIDDEN",
    leave: "403 M_FORBIDDEN",
    knock: "403 M_FORBIDDEN",
    invite: "403 M_FORBIDDEN",
    kick: "403 M_FORBIDDEN",
    ban: "ban",
    unban: "leave",
  },
};

async function attempt(verb: Verb, roomId: string, { alice, bob }: { alice: TestClient; bob: TestClient }) {
  if (verb === "join") await bob.join(roomId);
  else if (verb === "leave") await bob.leave(roomId);
  else if (verb === "knock") await bob.post(path`knock/${roomId}`);
  else await alice.tell(verb, roomId, bob);
}

const WAYS: Readonly<Record<Membership, readonly Verb[]>> = {
  none: [],
  join: ["invite", "join"],
  invite: ["invite"],
  knock: ["knock"],
  leave: ["knock", "leave"],
  ban: ["ban"],
};

for (const from of MEMBERSHIPS) {
  it(`from the membership ${from} each step leads where it should`, async (homeserver) => {
    const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
    for (const verb of VERBS) {
      const expected = TRANSITIONS[from][verb];
      const initial_state = [{ type: "m.room.join_rules", content: { join_rule: "knock" } }];
      const roomId = await alice.createRoom({ room_version: "10", initial_state });
      for (const step of WAYS[from]) await attempt(step, roomId, { alice, bob });
      const refused = await refusal(attempt(verb, roomId, { alice, bob }));
      const state = await alice.fullState(roomId);
      const member = state.find(({ state_key }) => state_key === bob.userId)?.content["membership"] ?? "none";
      assert.deepEqual([refused, member], expected.startsWith("403") ? [expected, from] : ["allowed", expected], verb);
    }
  });
}

it("reasons and profiles stand in the membership events", async (homeserver) => {
  const { alice, bob, roomId } = await roomOfAlice(homeserver);
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Bob" });
  await bob.post(path`join/${roomId}`, { reason: "hello" });
  const joined = { displayname: "Bob", membership: "join", reason: "hello" };
  assert.deepEqual(await alice.state(roomId, "m.room.member", bob.userId), joined);
  await alice.tell("kick", roomId, bob, "noise");
  assert.deepEqual(await alice.state(roomId, "m.room.member", bob.userId), { membership: "leave", reason: "noise" });
});

it("a new name is told to the rooms that the user is in, and to no other", async (homeserver) => {
  const { alice, bob, roomId } = await roomOfAlice(homeserver);
  const left = await alice.createRoom({ preset: "public_chat" });
  for (const each of [roomId, left]) await bob.join(each);
  await bob.leave(left);
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Robert" });
  assert.equal((await alice.state(roomId, "m.room.member", bob.userId))["displayname"], "Robert");
  assert.deepEqual(await alice.state(left, "m.room.member", bob.userId), { membership: "leave" });
});

it("who may not invite, kick or ban is refused, and nothing is stored", async (homeserver) => {
  const { alice, bob, roomId, membership } = await roomOfAlice(homeserver, {
    power_level_content_override: { invite: 50 },
  });
  const [carol, dora] = [await homeserver.register("carol"), await homeserver.register("dora")];
  for (const user of [bob, carol]) await user.join(roomId);
  const before = await alice.fullState(roomId);
  assert.equal(await refusal(bob.tell("invite", roomId, dora)), "403 M_FORBIDDEN");
  assert.equal(await refusal(bob.tell("kick", roomId, carol)), "403 M_FORBIDDEN");
  assert.equal(await refusal(bob.tell("ban", roomId, carol)), "403 M_FORBIDDEN");
  assert.equal(await refusal(bob.tell("ban", roomId, alice)), "403 M_FORBIDDEN");
  await alice.tell("ban", roomId, dora);
  assert.equal(await refusal(bob.tell("unban", roomId, dora)), "403 M_FORBIDDEN");
  assert.equal(await membership(carol), "join");
  assert.equal((await alice.fullState(roomId)).length, before.length + 1);
});

it("who is outside the room may tell nobody in it anything", async (homeserver) => {
  const { alice, roomId } = await roomOfAlice(homeserver);
  const carol = await homeserver.register("carol");
  for (const room of [roomId, UNKNOWN_ROOM, "nonsense", "!a\u0000b:test"]) {
    for (const verb of ["invite", "kick", "ban", "unban"]) {
      assert.equal(await refusal(carol.tell(verb, room, alice)), "403 M_FORBIDDEN", `${verb} ${room}`);
    }
    assert.equal(await refusal(carol.leave(room)), "403 M_FORBIDDEN");
    assert.equal(await refusal(carol.post(path`rooms/${room}/forget`)), "403 M_FORBIDDEN");
  }
});

it("malformed membership requests store nothing", async (homeserver) => {
  const { alice, roomId } = await roomOfAlice(homeserver);
  const before = await alice.fullState(roomId);
  for (const verb of ["invite", "kick", "ban", "unban"]) {
    const to = `${path`rooms/${roomId}/`}${verb}`;
    assert.equal(await refusal(alice.post(to, {})), "400 M_MISSING_PARAM", verb);
    assert.equal(await refusal(alice.post(to, { user_id: 1 })), "400 M_BAD_JSON", verb);
    assert.equal(await refusal(alice.post(to, { user_id: "@bob:test", reason: 1 })), "400 M_BAD_JSON", verb);
    assert.notEqual(await refusal(alice.post(to, { user_id: "nonsense" })), "allowed", verb);
  }
  const address = { medium: "email", address: "bob@example.org", id_server: "id.test", id_access_token: "t" };
  assert.equal(await refusal(alice.post(path`rooms/${roomId}/invite`, address)), "403 M_THREEPID_DENIED");
  assert.equal(await refusal(alice.tell("invite", roomId, "@bob:elsewhere")), "403 M_FORBIDDEN");
  assert.deepEqual((await alice.fullState(roomId)).length, before.length);
});

it("rooms are joined by ID or alias; what is not known is not found", async (homeserver) => {
  const { alice, bob, roomId } = await roomOfAlice(homeserver);
  const alias = `#join-${bob.userId.slice(1, -5)}:test`;
  await alice.put(path`directory/room/${alias}`, { room_id: roomId });
  assert.equal(await bob.join(alias), roomId);
  await bob.leave(roomId);
  assert.deepEqual(await bob.post(path`rooms/${roomId}/join`), { room_id: roomId });
  assert.deepEqual(await bob.get("joined_rooms"), { joined_rooms: [roomId] });
  assert.equal(await refusal(bob.join("#nothing:test")), "404 M_NOT_FOUND");
  assert.equal(await refusal(bob.join(UNKNOWN_ROOM)), "404 M_NOT_FOUND");
  assert.equal(await refusal(bob.join("nonsense")), "400 M_INVALID_PARAM");
  assert.equal(await refusal(bob.post(path`rooms/${UNKNOWN_ROOM}/join`)), "404 M_NOT_FOUND");
  assert.equal(await refusal(bob.post(path`knock/${UNKNOWN_ROOM}`)), "404 M_NOT_FOUND");
});

it("what else a join says stands in the membership, and nothing that lets the user in", async (homeserver) => {
  const { alice, bob, roomId } = await roomOfAlice(homeserver);
  const carol = await homeserver.register("carol");
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Bob" });
  await bob.post(path`join/${roomId}`, {
    displayname: "Bob from work",
    "org.example": [1],
    membership: "ban",
    join_authorised_via_users_server: alice.userId,
    third_party_invite: {},
  });
  const bobs = { displayname: "Bob from work", "org.example": [1], membership: "join" };
  assert.deepEqual(await alice.state(roomId, "m.room.member", bob.userId), bobs);
  await carol.post(path`rooms/${roomId}/join`, { "org.example": 2, reason: "why not" });
  const carols = { "org.example": 2, reason: "why not", membership: "join" };
  assert.deepEqual(await alice.state(roomId, "m.room.member", carol.userId), carols);
  await carol.leave(roomId);
  assert.equal(await refusal(carol.post(path`join/${roomId}`, { "org.example": 0.5 })), "400 M_BAD_JSON");
});

it("joining twice changes nothing", async (homeserver) => {
  const { alice, bob, roomId } = await roomOfAlice(homeserver);
  await bob.join(roomId);
  const before = (await alice.messages(roomId)).chunk[0]?.event_id;
  await bob.join(roomId);
  assert.equal((await alice.messages(roomId)).chunk[0]?.event_id, before);
});

it("nobody knocks in rooms older than version 7, or whose rule is another", async (homeserver) => {
  const bob = await homeserver.register("bob");
  const alice = await homeserver.register("alice");
  const initial_state = [{ type: "m.room.join_rules", content: { join_rule: "knock" } }];
  for (const [version, expected] of [
    ["6", "403 M_FORBIDDEN"],
    ["7", "allowed"],
  ] as const) {
    const roomId = await alice.createRoom({ room_version: version, initial_state });
    assert.equal(await refusal(bob.post(path`knock/${roomId}`)), expected, version);
  }
  const closed = await alice.createRoom({ room_version: "10" });
  assert.equal(await refusal(bob.post(path`knock/${closed}`)), "403 M_FORBIDDEN");
});

for (const [rule, version] of [
  ["restricted", "8"],
  ["knock_restricted", "10"],
] as const) {
  it(`members of an allowed room join a ${rule} room, and others do not`, async (homeserver) => {
    const { alice, bob, roomId: allowed } = await roomOfAlice(homeserver);
    const carol = await homeserver.register("carol");
    await bob.join(allowed);
    const allow = [{ type: "m.room_membership", room_id: allowed }, { type: "org.unknown" }, "nonsense"];
    const initial_state = [{ type: "m.room.join_rules", content: { join_rule: rule, allow } }];
    const roomId = await alice.createRoom({ room_version: version, initial_state });
    assert.equal(await refusal(carol.join(roomId)), "403 M_FORBIDDEN");
    await bob.join(roomId);
    const member = await alice.state(roomId, "m.room.member", bob.userId);
    assert.equal(member["join_authorised_via_users_server"], alice.userId);
    await alice.tell("invite", roomId, carol);
    await carol.join(roomId);
    assert.equal((await alice.state(roomId, "m.room.member", carol.userId))["membership"], "join");
  });
}

it("a restricted room in which nobody may invite lets nobody in", async (homeserver) => {
  const { alice, bob, roomId: allowed } = await roomOfAlice(homeserver);
  await bob.join(allowed);
  const allow = [{ type: "m.room_membership", room_id: allowed }];
  const roomId = await alice.createRoom({
    room_version: "10",
    initial_state: [{ type: "m.room.join_rules", content: { join_rule: "restricted", allow } }],
    power_level_content_override: { invite: 101 },
  });
  assert.equal(await refusal(bob.join(roomId)), "400 M_UNABLE_TO_AUTHORISE_JOIN");
});

it("guests join where guests may, and nowhere else", async (homeserver) => {
  const { alice, roomId } = await roomOfAlice(homeserver);
  const guest = await homeserver.register("guest", { isGuest: true });
  assert.equal(await refusal(guest.join(roomId)), "403 M_GUEST_ACCESS_FORBIDDEN");
  const byState = guest.setState(roomId, "m.room.member", { membership: "join" }, guest.userId);
  assert.equal(await refusal(byState), "403 M_GUEST_ACCESS_FORBIDDEN");
  await alice.setState(roomId, "m.room.guest_access", { guest_access: "can_join" });
  await guest.join(roomId);
  assert.ok(await guest.say(roomId, "hello"));
  assert.equal(await refusal(guest.tell("invite", roomId, alice)), "403 M_GUEST_ACCESS_FORBIDDEN");
  await guest.leave(roomId);
});

it("a room is forgotten after it was left, with its history", async (homeserver) => {
  const { bob, roomId } = await roomOfAlice(homeserver);
  await bob.join(roomId);
  assert.equal(await refusal(bob.post(path`rooms/${roomId}/forget`)), "400 M_UNKNOWN");
  await bob.leave(roomId);
  const filter = { room: { include_leave: true } };
  assert.ok((await bob.sync({ filter })).rooms?.leave?.[roomId]);
  assert.equal(await refusal(bob.messages(roomId)), "allowed");
  await bob.post(path`rooms/${roomId}/forget`);
  assert.equal((await bob.sync({ filter })).rooms, undefined);
  assert.equal(await refusal(bob.messages(roomId)), "403 M_FORBIDDEN");
  assert.equal(await refusal(bob.fullState(roomId)), "403 M_FORBIDDEN");
  await bob.join(roomId);
  assert.equal(await refusal(bob.messages(roomId)), "allowed");
});

it("memberships set as state are held to the same rules", async (homeserver) => {
  const { alice, bob, roomId: allowed } = await roomOfAlice(homeserver);
  const carol = await homeserver.register("carol");
  await bob.join(allowed);
  const allow = [{ type: "m.room_membership", room_id: allowed }];
  const initial_state = [{ type: "m.room.join_rules", content: { join_rule: "restricted", allow } }];
  const roomId = await alice.createRoom({ room_version: "10", initial_state });
  const joinAs = async (user: TestClient, more: object = {}) =>
    await user.setState(roomId, "m.room.member", { membership: "join", ...more }, user.userId);
  assert.equal(
    await refusal(joinAs(carol, { join_authorised_via_users_server: alice.userId })),
    "403 M_FORBIDDEN",
    "the client cannot authorise itself",
  );
  await joinAs(bob);
  const member = await alice.state(roomId, "m.room.member", bob.userId);
  assert.equal(member["join_authorised_via_users_server"], alice.userId);
  const set = async (user: string, membership: unknown) =>
    await refusal(alice.setState(roomId, "m.room.member", { membership }, user));
  assert.equal(await set("@dora:elsewhere", "invite"), "403 M_FORBIDDEN");
  assert.equal(await set("nonsense", "ban"), "400 M_INVALID_PARAM");
  assert.equal(await set("", "join"), "400 M_INVALID_PARAM");
  assert.equal(await set(carol.userId, "join"), "403 M_FORBIDDEN");
  assert.equal(await set(carol.userId, 7), "403 M_FORBIDDEN");
  assert.equal(await set(carol.userId, "party"), "403 M_FORBIDDEN");
  assert.equal(await set(carol.userId, "invite"), "allowed");
  assert.equal(await set(bob.userId, "ban"), "allowed");
});
