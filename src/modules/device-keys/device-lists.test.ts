import assert from "node:assert/strict";
import { path, refusal, type SyncJson, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { uploadDeviceKeys } from "./testing.ts";

const it = homeserverTests();

type News = NonNullable<SyncJson["device_lists"]>;

const nothing: News = { changed: [], left: [] };

const changesOf = async (client: TestClient, from: string, to: string): Promise<News> =>
  await client.get(`keys/changes?${new URLSearchParams({ from, to }).toString()}`);

const sorted = ({ changed, left }: News): News => ({ changed: changed.toSorted(), left: left.toSorted() });

const idsOf = (...clients: readonly TestClient[]): string[] => clients.map(({ userId }) => userId).toSorted();

/** Follows a client's syncs; every answer must be what `/keys/changes` and a server without a memory say as well. */
class Follower {
  readonly #homeserver: TestHomeserver;
  readonly client: TestClient;
  since = "";

  constructor(homeserver: TestHomeserver, client: TestClient) {
    this.#homeserver = homeserver;
    this.client = client;
  }

  /** What is new since the last time. */
  async news({ restart = false } = {}): Promise<News> {
    const from = this.since;
    const answer = await this.client.sync(from === "" ? {} : { since: from });
    this.since = answer.next_batch;
    if (from === "") return answer.device_lists ?? nothing;
    const news = sorted(answer.device_lists ?? nothing);
    assert.deepEqual(sorted(await changesOf(this.client, from, this.since)), news);
    if (restart) await this.#homeserver.restart();
    const full = await this.client.sync({ since: from, full_state: true });
    assert.deepEqual(sorted(full.device_lists ?? nothing), news);
    return news;
  }
}

/** Alice and Bob in a public room, Carol nowhere; Alice has synced. */
async function start(homeserver: TestHomeserver) {
  const [alice, bob, carol] = [
    await homeserver.register("alice"),
    await homeserver.register("bob"),
    await homeserver.register("carol"),
  ];
  const room = await alice.createRoom({ preset: "public_chat" });
  await bob.join(room);
  const follower = new Follower(homeserver, alice);
  assert.deepEqual(await follower.news(), nothing);
  return { alice, bob, carol, room, follower };
}

it("an initial sync has no device lists, and neither has one without news", async (homeserver) => {
  const { alice, bob, room } = await start(homeserver);
  await uploadDeviceKeys(bob);
  const first = await alice.sync();
  assert.equal(first.device_lists, undefined);
  await bob.say(room, "hello");
  const second = await alice.sync({ since: first.next_batch });
  assert.equal(second.device_lists, undefined);
  assert.deepEqual(await changesOf(alice, first.next_batch, second.next_batch), nothing);
});

it("new keys, names and ends of devices are told to those who share a room, and to nobody else", async (homeserver) => {
  const { bob, carol, follower } = await start(homeserver);
  const outsider = new Follower(homeserver, carol);
  await outsider.news();
  const bobNews = { changed: [bob.userId], left: [] };
  await uploadDeviceKeys(bob);
  assert.deepEqual(await follower.news(), bobNews);
  const other = await homeserver.otherDeviceOf(bob);
  assert.deepEqual(await follower.news(), bobNews);
  await bob.put(`devices/${other.deviceId}`, { display_name: "Phone" });
  assert.deepEqual(await follower.news(), bobNews);
  await other.post("logout");
  assert.deepEqual(await follower.news(), bobNews);
  assert.deepEqual(await follower.news(), nothing);
  await uploadDeviceKeys(carol);
  assert.deepEqual(await follower.news(), nothing);
  assert.deepEqual(await outsider.news(), { changed: [carol.userId], left: [] });
});

it("the same keys again, and one-time keys, are no change", async (homeserver) => {
  const { bob, follower } = await start(homeserver);
  const { keys } = await uploadDeviceKeys(bob);
  await follower.news();
  await bob.post("keys/upload", { device_keys: keys, one_time_keys: { "a:1": "k" } });
  assert.deepEqual(await follower.news(), nothing);
});

it("a client that waits is woken by a change, also of one whose client does not sync", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  for (const prepare of [async () => undefined, async () => await bob.sync()]) {
    await prepare();
    const { next_batch: since } = await alice.sync();
    const waiting = alice.sync({ since, timeout: 30_000 });
    await uploadDeviceKeys(bob);
    assert.deepEqual((await waiting).device_lists, { changed: [bob.userId], left: [] });
  }
});

it("the user's other devices are told of the user's devices", async (homeserver) => {
  const { alice, follower } = await start(homeserver);
  const { next_batch: since } = await alice.sync();
  const waiting = alice.sync({ since, timeout: 30_000 });
  const other = await homeserver.otherDeviceOf(alice);
  assert.deepEqual((await waiting).device_lists, { changed: [alice.userId], left: [] });
  await uploadDeviceKeys(other);
  assert.deepEqual(await follower.news(), { changed: [alice.userId], left: [] });
});

it("changes are told after a restart, by tokens from before it", async (homeserver) => {
  const { bob, carol, room, follower } = await start(homeserver);
  await uploadDeviceKeys(bob);
  await carol.join(room);
  await homeserver.restart();
  assert.deepEqual(await follower.news({ restart: true }), { changed: idsOf(bob, carol), left: [] });
  assert.deepEqual(await follower.news({ restart: true }), nothing);
});

it("who comes to a shared room is told, and who leaves the last one", async (homeserver) => {
  const { carol, bob, room, follower } = await start(homeserver);
  await carol.join(room);
  assert.deepEqual(await follower.news(), { changed: [carol.userId], left: [] });
  await carol.leave(room);
  assert.deepEqual(await follower.news(), { changed: [], left: [carol.userId] });
  await follower.client.tell("ban", room, bob);
  assert.deepEqual(await follower.news({ restart: true }), { changed: [], left: [bob.userId] });
});

it("what changes after the last shared room is not told", async (homeserver) => {
  const { bob, room, follower } = await start(homeserver);
  await bob.leave(room);
  await uploadDeviceKeys(bob);
  assert.deepEqual(await follower.news(), { changed: [], left: [bob.userId] });
  await uploadDeviceKeys(bob);
  assert.deepEqual(await follower.news(), nothing);
  await bob.join(room);
  assert.deepEqual(await follower.news(), { changed: [bob.userId], left: [] });
});

it("who leaves and comes back in between is told only if the keys changed", async (homeserver) => {
  const { bob, room, follower } = await start(homeserver);
  await bob.leave(room);
  await bob.join(room);
  assert.deepEqual(await follower.news(), nothing);
  await bob.leave(room);
  await uploadDeviceKeys(bob);
  await bob.join(room);
  assert.deepEqual(await follower.news({ restart: true }), { changed: [bob.userId], left: [] });
});

it("who comes and goes in between is not told", async (homeserver) => {
  const { carol, room, follower } = await start(homeserver);
  await carol.join(room);
  await carol.leave(room);
  assert.deepEqual(await follower.news({ restart: true }), nothing);
});

it("a second room that is shared changes nothing, when it begins and when it ends", async (homeserver) => {
  const { alice, bob, carol, room, follower } = await start(homeserver);
  const second = await alice.createRoom({ preset: "public_chat" });
  await bob.join(second);
  assert.deepEqual(await follower.news(), nothing);
  await bob.leave(room);
  assert.deepEqual(await follower.news(), nothing);
  await carol.join(second);
  await bob.join(room);
  await alice.leave(second);
  assert.deepEqual(await follower.news({ restart: true }), nothing);
  await alice.leave(room);
  assert.deepEqual(await follower.news({ restart: true }), { changed: [], left: [bob.userId] });
});

it("moving from one shared room to another is no change, and neither is coming to both", async (homeserver) => {
  const { alice, bob, room, follower } = await start(homeserver);
  const second = await alice.createRoom({ preset: "public_chat" });
  await bob.join(second);
  await bob.leave(room);
  assert.deepEqual(await follower.news(), nothing);
  await bob.join(room);
  assert.deepEqual(await follower.news({ restart: true }), nothing);
});

it("a new name or an invite is no change", async (homeserver) => {
  const { alice, bob, carol, room, follower } = await start(homeserver);
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Bob" });
  await alice.put(path`profile/${alice.userId}/displayname`, { displayname: "Alice" });
  await alice.tell("invite", room, carol);
  assert.deepEqual(await follower.news(), nothing);
  await carol.leave(room);
  assert.deepEqual(await follower.news({ restart: true }), nothing);
});

it("joining a room tells of all its members, leaving it of those who share no other", async (homeserver) => {
  const { alice, bob, carol, follower } = await start(homeserver);
  const dora = await homeserver.register("dora");
  const room = await carol.createRoom({ preset: "public_chat" });
  for (const client of [bob, dora]) await client.join(room);
  await alice.join(room);
  assert.deepEqual(await follower.news(), { changed: idsOf(carol, dora), left: [] });
  await dora.leave(room);
  await alice.leave(room);
  assert.deepEqual(await follower.news({ restart: true }), { changed: [], left: idsOf(carol, dora) });
});

it("leaving a room that the others left before tells of them all the same", async (homeserver) => {
  const { alice, bob, carol, room, follower } = await start(homeserver);
  await carol.join(room);
  await follower.news();
  await bob.leave(room);
  await alice.leave(room);
  await carol.leave(room);
  assert.deepEqual(await follower.news({ restart: true }), { changed: [], left: idsOf(bob, carol) });
});

it("deactivated users are told to have changed", async (homeserver) => {
  const { bob, room, follower } = await start(homeserver);
  const auth = {
    type: "m.login.password",
    identifier: { type: "m.id.user", user: bob.userId },
    password: "correct horse",
  };
  await bob.post("account/deactivate", { auth });
  const { changed, left } = await follower.news();
  assert.deepEqual([...changed, ...left], [bob.userId], room);
});

it("tokens must be tokens, and a range that ends before it begins is empty", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const { next_batch: first } = await alice.sync();
  await uploadDeviceKeys(bob);
  const { next_batch: second } = await alice.sync({ since: first });
  assert.deepEqual(await changesOf(alice, second, first), nothing);
  assert.equal(await refusal(changesOf(alice, "x", second)), "400 M_INVALID_PARAM");
  assert.equal(await refusal(changesOf(alice, first, "x")), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.get(`keys/changes?from=${first}`)), "400 M_MISSING_PARAM");
  assert.equal(await refusal(alice.get(`keys/changes?to=${first}`)), "400 M_MISSING_PARAM");
});
