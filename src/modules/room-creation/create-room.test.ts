import assert from "node:assert/strict";
import { type EventJson, path, refusal, type RoomWishes } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

const VERSIONS = Array.from({ length: 12 }, (_, index) => String(index + 1));
const PRESETS = {
  private_chat: ["invite", "shared", "can_join"],
  trusted_private_chat: ["invite", "shared", "can_join"],
  public_chat: ["public", "shared", "forbidden"],
} as const;

const typesOf = (events: readonly EventJson[]): string[] => events.map(({ type }) => type);

for (const [preset, [joinRule, visibility, guests]] of Object.entries(PRESETS)) {
  it(`the preset ${preset} holds in every room version`, async (homeserver) => {
    const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
    for (const version of VERSIONS) {
      const roomId = await alice.createRoom({ preset, room_version: version, invite: [bob.userId] });
      const state = await alice.fullState(roomId);
      const contentOf = (type: string) => state.find((event) => event.type === type)?.content ?? {};
      assert.equal(contentOf("m.room.join_rules")["join_rule"], joinRule, version);
      assert.equal(contentOf("m.room.history_visibility")["history_visibility"], visibility, version);
      assert.equal(contentOf("m.room.guest_access")["guest_access"], guests, version);
      const create = contentOf("m.room.create");
      assert.equal(create["room_version"], version);
      assert.equal(create["creator"], Number(version) < 11 ? alice.userId : undefined, version);
      const isTrusted = preset === "trusted_private_chat";
      const levels = { [alice.userId]: 100, ...(isTrusted ? { [bob.userId]: 100 } : {}) };
      assert.deepEqual(contentOf("m.room.power_levels")["users"], version === "12" ? {} : levels, version);
      const additional = version === "12" && isTrusted ? [bob.userId] : undefined;
      assert.deepEqual(create["additional_creators"], additional, version);
      await bob.join(roomId);
      assert.ok(await bob.say(roomId, "hello"), version);
    }
  });
}

it("the events of a new room come in the order of the specification", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({
    room_alias_name: `order-${alice.userId.slice(1, -5)}`,
    name: "Name",
    topic: "Topic",
    invite: [bob.userId],
    initial_state: [{ type: "m.room.encryption", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
  });
  const { chunk } = await alice.messages(roomId, { dir: "f", limit: "100" });
  assert.deepEqual(typesOf(chunk), [
    "m.room.create",
    "m.room.member",
    "m.room.power_levels",
    "m.room.canonical_alias",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.guest_access",
    "m.room.encryption",
    "m.room.name",
    "m.room.topic",
    "m.room.member",
  ]);
  assert.equal((await alice.state(roomId, "m.room.topic"))["topic"], "Topic");
});

it("without a preset the visibility decides, and private is the default", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const [wishes, rule] of [
    [{}, "invite"],
    [{ visibility: "private" }, "invite"],
    [{ visibility: "public" }, "public"],
    [{ visibility: "public", preset: "private_chat" }, "invite"],
  ] as const) {
    const roomId = await alice.createRoom(wishes);
    assert.equal((await alice.state(roomId, "m.room.join_rules"))["join_rule"], rule);
  }
});

it("creation_content goes into the create event, and cannot forge who made the room", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const forged = { "m.federate": false, type: "m.space", creator: "@mallory:test", room_version: "1" };
  const roomId = await alice.createRoom({ room_version: "10", creation_content: forged });
  const expected = { "m.federate": false, type: "m.space", creator: alice.userId, room_version: "10" };
  assert.deepEqual(await alice.state(roomId, "m.room.create"), expected);
});

it("power_level_content_override replaces members of the power levels and leaves the others", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const override = { events_default: 20, events: { "m.room.topic": 0 } };
  const levels = await alice.state(
    await alice.createRoom({ power_level_content_override: override }),
    "m.room.power_levels",
  );
  assert.equal(levels["events_default"], 20);
  // In room version 12 it must always be said what it takes to replace the room.
  assert.deepEqual(levels["events"], { "m.room.topic": 0, "m.room.tombstone": 150 });
  assert.equal(levels["ban"], 50);
});

it("initial_state goes before the preset, and the name before initial_state", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom({
    preset: "public_chat",
    name: "Wished",
    initial_state: [
      { type: "m.room.join_rules", state_key: "", content: { join_rule: "knock" } },
      { type: "m.room.name", content: { name: "Initial" } },
      { type: "org.example", state_key: "key", content: { a: 1 } },
    ],
  });
  assert.equal((await alice.state(roomId, "m.room.join_rules"))["join_rule"], "knock");
  assert.equal((await alice.state(roomId, "m.room.name"))["name"], "Wished");
  assert.deepEqual(await alice.state(roomId, "org.example", "key"), { a: 1 });
  const { chunk } = await alice.messages(roomId, { limit: "100" });
  assert.equal(typesOf(chunk).filter((type) => type === "m.room.join_rules").length, 1);
});

it("in version 12 those invited to a trusted room join the additional creators that were named", async (homeserver) => {
  const [alice, bob, carol] = await Promise.all(["alice", "bob", "carol"].map((name) => homeserver.register(name)));
  assert.ok(alice && bob && carol);
  const roomId = await alice.createRoom({
    room_version: "12",
    preset: "trusted_private_chat",
    invite: [bob.userId],
    creation_content: { additional_creators: [carol.userId] },
  });
  const create = await alice.state(roomId, "m.room.create");
  assert.deepEqual(create["additional_creators"], [carol.userId, bob.userId]);
  await bob.join(roomId);
  assert.ok(await bob.setState(roomId, "m.room.power_levels", { users_default: 10 }));
});

it("invites say whether the room is direct, and carry the profile of the invited user", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Bob" });
  const roomId = await alice.createRoom({ is_direct: true, invite: [bob.userId, bob.userId, alice.userId] });
  const member = await alice.state(roomId, "m.room.member", bob.userId);
  assert.deepEqual(member, { displayname: "Bob", is_direct: true, membership: "invite" });
  assert.equal((await alice.state(roomId, "m.room.member", alice.userId))["membership"], "join");
});

it("an alias of a new room points to it and can be taken once", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const name = `taken-${alice.userId.slice(1, -5)}`;
  const roomId = await alice.createRoom({ room_alias_name: name });
  const found = await alice.get(path`directory/room/${`#${name}:test`}`);
  assert.equal(found["room_id"], roomId);
  assert.equal(await refusal(alice.createRoom({ room_alias_name: name })), "400 M_ROOM_IN_USE");
});

it("of two rooms made at once with the same alias one is refused", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const wishes = { room_alias_name: `race-${alice.userId.slice(1, -5)}` };
  const outcomes = await Promise.all([1, 2].map(async () => await refusal(alice.createRoom(wishes))));
  assert.deepEqual(outcomes.toSorted(), ["400 M_ROOM_IN_USE", "allowed"]);
});

const named = (alias: string) => ({ type: "m.room.canonical_alias", content: { alias } });

const REFUSED: readonly (readonly [what: string, wishes: RoomWishes, refusal: string])[] = [
  ["a version that nobody knows", { room_version: "99" }, "400 M_UNSUPPORTED_ROOM_VERSION"],
  ["a version that is no text", { room_version: 9 }, "400 M_BAD_JSON"],
  ["an unknown preset", { preset: "party" }, "400 M_INVALID_PARAM"],
  ["an unknown visibility", { visibility: "dark" }, "400 M_INVALID_PARAM"],
  ["a name that is no text", { name: 1 }, "400 M_BAD_JSON"],
  ["an invite of no user ID", { invite: ["bob"] }, "400 M_INVALID_PARAM"],
  ["invites that are no list", { invite: "@bob:test" }, "400 M_BAD_JSON"],
  [
    "an invite by email",
    { invite_3pid: [{ id_server: "id.test", id_access_token: "t", medium: "email", address: "bob@example.org" }] },
    "403 M_THREEPID_DENIED",
  ],
  ["initial state without a type", { initial_state: [{ content: {} }] }, "400 M_MISSING_PARAM"],
  ["initial state without content", { initial_state: [{ type: "a" }] }, "400 M_MISSING_PARAM"],
  ["a second create event", { initial_state: [{ type: "m.room.create", content: {} }] }, "400 M_INVALID_ROOM_STATE"],
  [
    "levels under which the creator may do nothing",
    { room_version: "11", power_level_content_override: { users: {}, state_default: 50 } },
    "400 M_INVALID_ROOM_STATE",
  ],
  ["levels that are no numbers", { power_level_content_override: { ban: "50" } }, "400 M_INVALID_ROOM_STATE"],
  ["floats since version 6", { initial_state: [{ type: "a", content: { b: 1.5 } }] }, "400 M_BAD_JSON"],
  ["large integers since version 6", { creation_content: { a: 2 ** 53 } }, "400 M_BAD_JSON"],
  [
    "additional creators that are no list",
    { room_version: "12", creation_content: { additional_creators: "bob" } },
    "400 M_INVALID_ROOM_STATE",
  ],
  ["a canonical alias of another room", { initial_state: [named("#other:test")] }, "400 M_BAD_ALIAS"],
  [
    "another canonical alias than its own",
    { room_alias_name: "never", initial_state: [named("#other:test")] },
    "400 M_BAD_ALIAS",
  ],
  ["a canonical alias that is none", { initial_state: [named("other")] }, "400 M_INVALID_PARAM"],
  [
    "an access list that shuts out this server",
    { initial_state: [{ type: "m.room.server_acl", content: { allow: ["elsewhere"] } }] },
    "400 M_BAD_JSON",
  ],
  [
    "an invite of somebody who cannot be reached in the initial state",
    { initial_state: [{ type: "m.room.member", state_key: "@bob:elsewhere", content: { membership: "invite" } }] },
    "403 M_FORBIDDEN",
  ],
  ["a colon in the alias", { room_alias_name: "a:b" }, "400 M_INVALID_PARAM"],
  ["an alias that is too long", { room_alias_name: "a".repeat(300) }, "400 M_INVALID_PARAM"],
];

it("a room that cannot be is not there at all", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const [what, wishes, expected] of REFUSED) {
    assert.equal(await refusal(alice.createRoom(wishes)), expected, what);
  }
  assert.deepEqual(await alice.get("joined_rooms"), { joined_rooms: [] });
  assert.equal((await alice.sync()).rooms, undefined);
});

it("initial_state may say more of the alias that the room will have", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const room_alias_name = alice.userId.slice(1, -5);
  const state = { ...named(`#${room_alias_name}:test`), content: { alias: `#${room_alias_name}:test`, more: 1 } };
  const roomId = await alice.createRoom({ room_alias_name, initial_state: [state] });
  assert.deepEqual(await alice.state(roomId, "m.room.canonical_alias"), state.content);
});

it("older room versions are lax about numbers", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const initial_state = [{ type: "a", content: { b: 1.5 } }];
  const roomId = await alice.createRoom({ room_version: "5", initial_state });
  assert.deepEqual(await alice.state(roomId, "a"), { b: 1.5 });
});

it("users of other servers cannot be invited, and guests make no rooms", async (homeserver) => {
  const [alice, guest] = [await homeserver.register("alice"), await homeserver.register("guest", { isGuest: true })];
  assert.equal(await refusal(alice.createRoom({ invite: ["@bob:elsewhere"] })), "403 M_FORBIDDEN");
  assert.equal(await refusal(guest.createRoom()), "403 M_GUEST_ACCESS_FORBIDDEN");
});
