import assert from "node:assert/strict";
import { test } from "node:test";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, TestHomeserver } from "../../../test/support/homeserver.ts";
import type { UserSearchJson } from "./search-users.ts";

const it = homeserverTests();

let tags = 0;

/** A word that stands in the names of one test's users and in no others. */
const newTag = (): string => `tag${++tags}x`;

async function search(client: TestClient, term: string, limit?: number): Promise<UserSearchJson> {
  const body = { search_term: term, ...(limit !== undefined && { limit }) };
  return await client.post<UserSearchJson>("user_directory/search", body);
}

const idsOf = ({ results }: UserSearchJson): string[] => results.map((user) => user.user_id);

async function rename(client: TestClient, name: string): Promise<void> {
  await client.put(path`profile/${client.userId}/displayname`, { displayname: name });
}

/** Alice, who is searched, and Bob, who searches; they share nothing. */
async function start(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const tag = newTag();
  await rename(alice, tag);
  const sees = async (who: TestClient = bob) => idsOf(await search(who, tag)).includes(alice.userId);
  return { alice, bob, tag, sees };
}

it("who shares a room is found, with name and picture, as long as both are in it", async (homeserver) => {
  const { alice, bob, tag, sees } = await start(homeserver);
  const avatar_url = "mxc://test/alice";
  await alice.put(path`profile/${alice.userId}/avatar_url`, { avatar_url });
  assert.deepEqual(await search(bob, tag), { results: [], limited: false });
  const roomId = await alice.createRoom({ invite: [bob.userId] });
  assert.equal(await sees(), false);
  await bob.join(roomId);
  assert.deepEqual(await search(bob, tag), {
    results: [{ user_id: alice.userId, display_name: tag, avatar_url }],
    limited: false,
  });
  await alice.leave(roomId);
  assert.equal(await sees(), false);
});

it("who is in a public room is found by everybody, until leaving it", async (homeserver) => {
  const { alice, bob, sees } = await start(homeserver);
  const roomId = await bob.createRoom({ preset: "public_chat" });
  await alice.join(roomId);
  const stranger = await homeserver.register("stranger");
  assert.equal(await sees(stranger), true);
  await alice.leave(roomId);
  assert.equal(await sees(stranger), false);
});

it("a private room lets nobody outside find its members, and nobody find himself", async (homeserver) => {
  const { alice, sees } = await start(homeserver);
  await alice.createRoom();
  assert.equal(await sees(), false);
  assert.equal(await sees(alice), false);
  await alice.createRoom({ preset: "public_chat" });
  assert.equal(await sees(alice), true);
});

const RULES = [
  ["m.room.join_rules", { join_rule: "public" }, { join_rule: "invite" }],
  ["m.room.history_visibility", { history_visibility: "world_readable" }, { history_visibility: "shared" }],
] as const;

for (const [type, opening, closing] of RULES) {
  it(`members are found and lost again when ${type} changes`, async (homeserver) => {
    const { alice, sees } = await start(homeserver);
    const roomId = await alice.createRoom();
    assert.equal(await sees(), false);
    await alice.setState(roomId, type, opening);
    assert.equal(await sees(), true);
    await alice.setState(roomId, type, closing);
    assert.equal(await sees(), false);
  });
}

it("a room stays open until neither rule opens it", async (homeserver) => {
  const { alice, sees } = await start(homeserver);
  const roomId = await alice.createRoom();
  for (const [type, opening] of RULES) await alice.setState(roomId, type, opening);
  const [joinRules, visibility] = RULES;
  await alice.setState(roomId, joinRules[0], joinRules[2]);
  assert.equal(await sees(), true);
  await alice.setState(roomId, visibility[0], visibility[2]);
  assert.equal(await sees(), false);
});

test("what was open is open after a restart", async () => {
  await using homeserver = await TestHomeserver.start();
  const { alice, sees } = await start(homeserver);
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await homeserver.restart();
  assert.equal(await sees(), true);
  await alice.setState(roomId, "m.room.join_rules", { join_rule: "invite" });
  assert.equal(await sees(), false);
});

it("the profile counts, and not the name that somebody has in a room", async (homeserver) => {
  const { alice, bob, tag } = await start(homeserver);
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await alice.setState(roomId, "m.room.member", { membership: "join", displayname: `room${tag}` }, alice.userId);
  assert.deepEqual(idsOf(await search(bob, `room${tag}`)), []);
  await rename(alice, `new${tag}`);
  assert.deepEqual(idsOf(await search(bob, tag)), []);
  assert.equal((await search(bob, `new${tag}`)).results[0]?.display_name, `new${tag}`);
  await alice.delete(path`profile/${alice.userId}/displayname`);
  assert.deepEqual(idsOf(await search(bob, `new${tag}`)), []);
  assert.deepEqual((await search(bob, alice.userId)).results, [{ user_id: alice.userId }]);
});

it("names and IDs are found by the beginnings of words, whatever the case", async (homeserver) => {
  const { alice, bob, tag } = await start(homeserver);
  await alice.createRoom({ preset: "public_chat" });
  await rename(alice, `José ${tag}-Maria 山田太郎`);
  const localpart = alice.userId.slice(1, -5);
  for (const term of [tag, tag.slice(0, -1), `${tag} JOSE`, `mar ${tag}`, `jo  ${tag.toUpperCase()}`, `${tag} 太郎`]) {
    assert.deepEqual(idsOf(await search(bob, term)), [alice.userId], term);
  }
  for (const term of [alice.userId, alice.userId.toUpperCase(), `${localpart}:te`, `${localpart} ${tag}`]) {
    assert.deepEqual(idsOf(await search(bob, term)), [alice.userId], term);
  }
  for (const term of [`${tag} nobody`, tag.slice(1), "", "   ", "%", `@${localpart}:elsewhere`]) {
    assert.deepEqual(idsOf(await search(bob, term)), [], term);
  }
});

it("whole words come first, then users with a name, and no more than asked for", async (homeserver) => {
  const bob = await homeserver.register("bob");
  const tag = newTag();
  const [longer, nameless, named] = [
    await homeserver.register("longer"),
    await homeserver.register(`${tag}-`),
    await homeserver.register("named"),
  ];
  const roomId = await bob.createRoom({ preset: "public_chat" });
  for (const user of [longer, nameless, named]) await user.join(roomId);
  await rename(longer, `${tag}longer`);
  await rename(named, `Named ${tag}`);
  const ordered = [named.userId, nameless.userId, longer.userId];
  assert.deepEqual(idsOf(await search(bob, tag)), ordered);
  const two = await search(bob, tag, 2);
  assert.deepEqual([idsOf(two).toSorted(), two.limited], [ordered.slice(0, 2).toSorted(), true]);
  assert.equal((await search(bob, tag, 3)).limited, false);
});

it("users whom the searcher may not see do not hide the others", async (homeserver) => {
  const bob = await homeserver.register("bob");
  const tag = newTag();
  // More than are looked at in one query.
  for (let count = 0; count < 105; count++) await homeserver.register(`${tag}.`);
  const last = await homeserver.register(`${tag}zz`);
  await last.createRoom({ preset: "public_chat" });
  assert.deepEqual(await search(bob, tag), { results: [{ user_id: last.userId }], limited: false });
});

it("who deactivates the account is not found any more, and the name is not given again", async (homeserver) => {
  const { alice, bob, tag } = await start(homeserver);
  await alice.createRoom({ preset: "public_chat" });
  const identifier = { type: "m.id.user", user: alice.userId };
  const auth = { type: "m.login.password", identifier, password: "correct horse" };
  await alice.post("account/deactivate", { auth });
  assert.deepEqual(idsOf(await search(bob, tag)), []);
  assert.deepEqual(idsOf(await search(bob, alice.userId)), []);
});

it("a search that makes no sense is refused", async (homeserver) => {
  const { bob } = await start(homeserver);
  const refused = async (body: object) => await refusal(bob.post("user_directory/search", body));
  assert.equal(await refused({}), "400 M_MISSING_PARAM");
  assert.equal(await refused({ search_term: 1 }), "400 M_BAD_JSON");
  assert.equal(await refused({ search_term: "a", limit: "1" }), "400 M_BAD_JSON");
  assert.equal(await refused({ search_term: "a", limit: 0 }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ search_term: "a".repeat(1_001) }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ search_term: "a\u0000b" }), "allowed");
  const guest = await homeserver.register("guest", { isGuest: true });
  assert.equal(await refusal(search(guest, "a")), "403 M_GUEST_ACCESS_FORBIDDEN");
});
