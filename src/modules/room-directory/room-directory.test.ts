import assert from "node:assert/strict";
import { test } from "node:test";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, TestHomeserver } from "../../../test/support/homeserver.ts";
import type { PageJson } from "./list-rooms.ts";

const it = homeserverTests();

let tags = 0;

/** A word that stands in the names of one test's rooms and in no others. */
const newTag = (): string => `tag${++tags}x`;

async function search(client: TestClient, term: string, wishes: object = {}): Promise<PageJson> {
  return await client.post<PageJson>("publicRooms", { filter: { generic_search_term: term }, ...wishes });
}

const idsOf = ({ chunk }: PageJson): string[] => chunk.map((room) => room.room_id);

async function start(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const tag = newTag();
  const publish = async (wishes: object = {}) => await alice.createRoom({ name: tag, visibility: "public", ...wishes });
  const find = async (term = tag) => (await search(bob, term)).chunk;
  return { alice, bob, tag, publish, find };
}

it("a room that is made public is listed with all that it shows", async (homeserver) => {
  const { alice, bob, tag, find } = await start(homeserver);
  const roomId = await alice.createRoom({
    visibility: "public",
    name: `Loom ${tag}`,
    topic: "Threads",
    room_alias_name: tag,
    creation_content: { type: "m.space" },
    initial_state: [
      { type: "m.room.avatar", content: { url: "mxc://test/loom" } },
      { type: "m.room.guest_access", content: { guest_access: "can_join" } },
      { type: "m.room.history_visibility", content: { history_visibility: "world_readable" } },
    ],
  });
  await bob.join(roomId);
  assert.deepEqual(await find(), [
    {
      room_id: roomId,
      num_joined_members: 2,
      world_readable: true,
      guest_can_join: true,
      join_rule: "public",
      name: `Loom ${tag}`,
      topic: "Threads",
      canonical_alias: `#${tag}:test`,
      avatar_url: "mxc://test/loom",
      room_type: "m.space",
    },
  ]);
});

it("a room that is not made public is not listed", async (homeserver) => {
  const { publish, find } = await start(homeserver);
  await publish({ visibility: "private", preset: "public_chat" });
  assert.deepEqual(await find(), []);
});

it("everybody sees the list, also without a session, and searching takes one", async (homeserver) => {
  const { alice, bob, publish } = await start(homeserver);
  const roomId = await publish();
  await alice.post("logout");
  const page = await alice.get<PageJson>("publicRooms");
  assert.equal(idsOf(page).includes(roomId), true);
  assert.equal(page.total_room_count_estimate >= page.chunk.length, true);
  assert.equal(await refusal(alice.post("publicRooms")), "401 M_UNKNOWN_TOKEN");
  const guest = await homeserver.register("guest", { isGuest: true });
  assert.equal(idsOf(await guest.get<PageJson>("publicRooms")).includes(roomId), true);
  assert.equal(await refusal(guest.post("publicRooms")), "403 M_GUEST_ACCESS_FORBIDDEN");
  assert.deepEqual(await bob.get("/_matrix/client/r0/publicRooms?limit=1"), await bob.get("publicRooms?limit=1"));
});

it("the list follows the state of the room", async (homeserver) => {
  const { alice, publish, find, tag } = await start(homeserver);
  const roomId = await publish();
  const first = async () => (await find())[0];
  await alice.setState(roomId, "m.room.topic", { topic: "Old" });
  assert.equal((await first())?.topic, "Old");
  await alice.setState(roomId, "m.room.topic", { topic: "New" });
  assert.equal((await first())?.topic, "New");
  await alice.setState(roomId, "m.room.join_rules", { join_rule: "knock" });
  assert.equal((await first())?.join_rule, "knock");
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "world_readable" });
  assert.equal((await first())?.world_readable, true);
  await alice.setState(roomId, "m.room.guest_access", { guest_access: "can_join" });
  assert.equal((await first())?.guest_can_join, true);
  await alice.setState(roomId, "m.room.name", { name: `${tag}renamed` });
  assert.equal((await find(`${tag}renamed`)).length, 1);
});

it("what is redacted is not listed any more", async (homeserver) => {
  const { alice, publish, find, tag } = await start(homeserver);
  const roomId = await publish();
  const topic = await alice.setState(roomId, "m.room.topic", { topic: `Secret${tag}` });
  assert.equal((await find(`secret${tag}`)).length, 1);
  await alice.put(path`rooms/${roomId}/redact/${topic}/r1`);
  assert.equal((await find())[0]?.topic, undefined);
  assert.deepEqual(await find(`secret${tag}`), []);
});

it("members are counted as they come and go, and a room without any is not listed", async (homeserver) => {
  const { alice, bob, publish, find } = await start(homeserver);
  const carol = await homeserver.register("carol");
  const roomId = await publish();
  const count = async () => (await find())[0]?.num_joined_members;
  await bob.join(roomId);
  await alice.tell("invite", roomId, carol);
  assert.equal(await count(), 2);
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Bob" });
  await carol.join(roomId);
  assert.equal(await count(), 3);
  await alice.tell("ban", roomId, carol);
  await bob.leave(roomId);
  assert.equal(await count(), 1);
  await alice.leave(roomId);
  assert.equal(await count(), undefined);
  await bob.join(roomId);
  assert.equal(await count(), 1);
});

it("members who join while the room is being published are counted once", async (homeserver) => {
  const { alice, publish, find } = await start(homeserver);
  const roomId = await publish({ visibility: "private", preset: "public_chat" });
  const members = await Promise.all(["a", "b", "c", "d"].map(async (name) => await homeserver.register(name)));
  await Promise.all([
    ...members.slice(0, 2).map(async (member) => await member.join(roomId)),
    alice.put(path`directory/list/room/${roomId}`),
    ...members.slice(2).map(async (member) => await member.join(roomId)),
  ]);
  assert.equal((await find())[0]?.num_joined_members, 5);
});

test("what is published stays so after a restart, and follows the room", async () => {
  await using homeserver = await TestHomeserver.start();
  const { alice, bob, publish, find } = await start(homeserver);
  const roomId = await publish();
  await homeserver.restart();
  await bob.join(roomId);
  await alice.setState(roomId, "m.room.topic", { topic: "After" });
  const [room] = await find();
  assert.deepEqual([room?.num_joined_members, room?.topic], [2, "After"]);
});

it("the larger room comes first", async (homeserver) => {
  const { bob, publish, find } = await start(homeserver);
  const [one, two, three] = [await publish(), await publish(), await publish()];
  await bob.join(two);
  assert.deepEqual(
    (await find()).map((room) => room.room_id),
    [two, three, one],
  );
});

it("pages lead forwards through all rooms and back again", async (homeserver) => {
  const { bob, publish, tag } = await start(homeserver);
  for (let count = 0; count < 5; count++) await publish();
  const all = idsOf(await search(bob, tag));
  const first = await search(bob, tag, { limit: 2, since: null, third_party_instance_id: null });
  assert.equal(first.prev_batch, undefined);
  const second = await search(bob, tag, { limit: 2, since: first.next_batch });
  const third = await search(bob, tag, { limit: 2, since: second.next_batch });
  assert.deepEqual([...idsOf(first), ...idsOf(second), ...idsOf(third)], all);
  assert.equal(third.next_batch, undefined);
  const back = await search(bob, tag, { limit: 2, since: third.prev_batch });
  assert.deepEqual(idsOf(back), idsOf(second));
  assert.deepEqual(await search(bob, tag, { limit: 2, since: back.next_batch }), third);
  const top = await search(bob, tag, { limit: 2, since: back.prev_batch });
  assert.deepEqual(idsOf(top), idsOf(first));
  assert.equal(top.prev_batch, undefined);
});

it("pages without a search lead through all rooms too", async (homeserver) => {
  const { bob, publish } = await start(homeserver);
  for (let count = 0; count < 3; count++) await publish();
  const all = idsOf(await bob.get<PageJson>("publicRooms?limit=0"));
  const seen: string[] = [];
  let since = "";
  do {
    const page = await bob.get<PageJson>(`publicRooms?limit=2${since}`);
    seen.push(...idsOf(page));
    since = page.next_batch === undefined ? "" : `&since=${page.next_batch}`;
  } while (since !== "");
  assert.deepEqual(seen, all);
});

it("name, topic and alias are searched, whatever the case, for all words in any order", async (homeserver) => {
  const { bob, publish, tag } = await start(homeserver);
  const roomId = await publish({ name: `Wömbles ${tag}`, topic: "Underground 100% Overground", room_alias_name: tag });
  for (const term of ["WOMBLES", "overground wömb", "100%", `#${tag}:test`, "derGro"]) {
    const found = idsOf(await search(bob, `${tag} ${term}`));
    assert.deepEqual(found, [roomId], term);
  }
  assert.deepEqual(idsOf(await search(bob, `${tag} 1000`)), []);
  assert.deepEqual(idsOf(await search(bob, `${tag} wombles missing`)), []);
});

it("rooms are searched by type, and null stands for none", async (homeserver) => {
  const { bob, publish, tag } = await start(homeserver);
  const space = await publish({ creation_content: { type: "m.space" } });
  const other = await publish({ creation_content: { type: "org.other" } });
  const plain = await publish();
  const find = async (types: readonly (string | null)[]) =>
    idsOf(await search(bob, tag, { filter: { generic_search_term: tag, room_types: types } }));
  assert.deepEqual(await find(["m.space"]), [space]);
  assert.deepEqual(await find([null]), [plain]);
  assert.deepEqual(await find([null, "m.space"]), [plain, space]);
  assert.deepEqual(await find([]), [plain, other, space]);
  assert.deepEqual(await find(["\u0000"]), []);
});

it("this server is asked by its name or by none, and others cannot be asked", async (homeserver) => {
  const { bob, publish } = await start(homeserver);
  const roomId = await publish();
  assert.ok(idsOf(await bob.get<PageJson>("publicRooms?server=test")).includes(roomId));
  assert.ok(idsOf(await bob.post<PageJson>("publicRooms?server=test")).includes(roomId));
  assert.equal(await refusal(bob.get("publicRooms?server=elsewhere")), "404 M_NOT_FOUND");
  assert.equal(await refusal(bob.post("publicRooms?server=Test")), "404 M_NOT_FOUND");
  assert.equal(await refusal(bob.get("publicRooms?server=no%20name")), "400 M_INVALID_PARAM");
});

it("no network but Matrix has rooms", async (homeserver) => {
  const { bob, publish, tag } = await start(homeserver);
  const roomId = await publish();
  assert.deepEqual(await search(bob, tag, { third_party_instance_id: "irc" }), {
    chunk: [],
    total_room_count_estimate: 0,
  });
  assert.deepEqual(idsOf(await search(bob, tag, { include_all_networks: true })), [roomId]);
});

it("a request that makes no sense is refused", async (homeserver) => {
  const { bob } = await start(homeserver);
  const refused = async (body: object) => await refusal(bob.post("publicRooms", body));
  assert.equal(await refused({ limit: -1 }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ limit: "1" }), "400 M_BAD_JSON");
  assert.equal(await refused({ since: "nonsense" }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ filter: { generic_search_term: 1 } }), "400 M_BAD_JSON");
  assert.equal(await refused({ filter: { generic_search_term: "x".repeat(256) } }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ filter: { room_types: [1] } }), "400 M_BAD_JSON");
  assert.equal(await refusal(bob.get("publicRooms?limit=-1")), "400 M_INVALID_PARAM");
  assert.equal(await refusal(bob.get("publicRooms?since=d1_")), "400 M_INVALID_PARAM");
});

it("who may change the canonical alias lists the room and takes it off the list", async (homeserver) => {
  const { alice, bob, publish, find } = await start(homeserver);
  const roomId = await publish({ visibility: "private", preset: "public_chat" });
  await bob.join(roomId);
  const visibility = path`directory/list/room/${roomId}`;
  const shown = async () => (await bob.get(visibility))["visibility"];
  assert.equal(await shown(), "private");
  assert.deepEqual(await alice.put(visibility), {});
  assert.equal(await shown(), "public");
  assert.equal((await find())[0]?.num_joined_members, 2);
  assert.deepEqual(await alice.put(visibility, { visibility: "public" }), {});
  assert.deepEqual(await alice.put(visibility, { visibility: "private" }), {});
  assert.equal(await shown(), "private");
  assert.deepEqual(await find(), []);
});

it("others do not decide whether a room is listed, administrators do", async (homeserver) => {
  const { alice, bob, publish, find } = await start(homeserver);
  const admin = await homeserver.register("admin", { isAdmin: true });
  const roomId = await publish({ visibility: "private", preset: "public_chat", room_version: "10" });
  const visibility = path`directory/list/room/${roomId}`;
  assert.equal(await refusal(bob.put(visibility)), "403 M_FORBIDDEN");
  await bob.join(roomId);
  assert.equal(await refusal(bob.put(visibility)), "403 M_FORBIDDEN");
  const users = { [alice.userId]: 100, [bob.userId]: 50 };
  await alice.setState(roomId, "m.room.power_levels", { users });
  await bob.put(visibility);
  await bob.leave(roomId);
  assert.equal(await refusal(bob.put(visibility, { visibility: "private" })), "403 M_FORBIDDEN");
  assert.equal((await find()).length, 1);
  await admin.put(visibility, { visibility: "private" });
  assert.deepEqual(await find(), []);
});

it("rooms that nobody knows are neither listed nor asked for", async (homeserver) => {
  const { alice } = await start(homeserver);
  for (const roomId of ["!unknown:test", "nonsense", "!a\u0000b:test"]) {
    const visibility = path`directory/list/room/${roomId}`;
    assert.equal(await refusal(alice.get(visibility)), "404 M_NOT_FOUND");
    assert.equal(await refusal(alice.put(visibility)), "404 M_NOT_FOUND");
  }
  const roomId = await alice.createRoom();
  const put = async (value: unknown) =>
    await refusal(alice.put(path`directory/list/room/${roomId}`, { visibility: value }));
  assert.equal(await put("dark"), "400 M_INVALID_PARAM");
  assert.equal(await put(1), "400 M_BAD_JSON");
});

it("users list no rooms for networks of application services", async (homeserver) => {
  const { alice } = await start(homeserver);
  const network = path`directory/list/appservice/irc/${await alice.createRoom()}`;
  assert.equal(await refusal(alice.put(network, { visibility: "public" })), "403 M_FORBIDDEN");
  assert.equal(await refusal(alice.put(network)), "400 M_MISSING_PARAM");
});
