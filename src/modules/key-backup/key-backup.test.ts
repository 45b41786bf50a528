import assert from "node:assert/strict";
import { path, Refused, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

const ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";
const ROOM = "!room:test";

type State = { readonly count: number; readonly etag: string };

const create = async (client: TestClient, auth_data: unknown = { public_key: "k" }): Promise<string> =>
  (await client.post<{ version: string }>("room_keys/version", { algorithm: ALGORITHM, auth_data })).version;

/** What a refusal says of the current version. */
async function currentVersionOf(asked: Promise<unknown>): Promise<unknown> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Refused) return error.body["current_version"];
    throw error;
  }
  return undefined;
}

/** A key that reads from message 5 on, forwarded twice, unless said otherwise. */
const key = (data: string, over: object = {}) => ({
  first_message_index: 5,
  forwarded_count: 2,
  is_verified: false,
  session_data: { data },
  ...over,
});

const keysPath = (version: string, ...ids: readonly string[]): string =>
  `room_keys/keys${ids.map((id) => path`/${id}`).join("")}?version=${version}`;

async function start(homeserver: TestHomeserver) {
  const alice = await homeserver.register("alice");
  const version = await create(alice);
  const put = async (body: unknown, ...ids: readonly string[]): Promise<State> =>
    await alice.put<State>(keysPath(version, ...ids), body);
  const get = async (...ids: readonly string[]): Promise<unknown> => await alice.get(keysPath(version, ...ids));
  return { alice, version, put, get };
}

it("a backup is made, found, and changed in what clients know it by", async (homeserver) => {
  const alice = await homeserver.register("alice");
  assert.equal(await refusal(alice.get("room_keys/version")), "404 M_NOT_FOUND");
  const version = await create(alice, { public_key: "a" });
  const expected = { algorithm: ALGORITHM, auth_data: { public_key: "a" }, count: 0, etag: "0", version };
  for (const at of ["room_keys/version", `room_keys/version/${version}`, "/_matrix/client/unstable/room_keys/version"])
    assert.deepEqual(await alice.get(at), expected);
  const change = async (body: object): Promise<string> =>
    await refusal(alice.put(`room_keys/version/${version}`, { algorithm: ALGORITHM, auth_data: { new: 1 }, ...body }));
  assert.equal(await change({ algorithm: "org.other" }), "400 M_INVALID_PARAM");
  assert.equal(await change({ version: "99" }), "400 M_INVALID_PARAM");
  assert.equal(await change({ auth_data: "x".repeat(65_536) }), "413 M_TOO_LARGE");
  assert.deepEqual(await alice.get("room_keys/version"), expected);
  assert.equal(await change({ version }), "allowed");
  assert.deepEqual(await alice.get("room_keys/version"), { ...expected, auth_data: { new: 1 } });
});

it("the last backup is the current one, and its end makes the one before current", async (homeserver) => {
  const { alice, version: first, put } = await start(homeserver);
  await put(key("a"), ROOM, "s");
  const second = await create(alice);
  const current = async (): Promise<unknown> => (await alice.get("room_keys/version"))["version"];
  assert.equal(await current(), second);
  await alice.delete(`room_keys/version/${second}`);
  assert.equal(await current(), first);
  assert.equal(await refusal(alice.get(`room_keys/version/${second}`)), "404 M_NOT_FOUND");
  await alice.delete(`room_keys/version/${second}`);
  await alice.delete(`room_keys/version/${first}`);
  const third = await create(alice);
  assert.notEqual(third, second);
  assert.deepEqual(await alice.get(keysPath(third)), { rooms: {} });
});

it("versions that never were are not found", async (homeserver) => {
  const { alice, version } = await start(homeserver);
  const bob = await homeserver.register("bob");
  await create(bob);
  for (const unknown of ["bogus", "0", "99", "-1", "1e0"]) {
    const at = `room_keys/version/${unknown}`;
    const asked = [
      alice.get(at),
      alice.delete(at),
      alice.put(at, { algorithm: ALGORITHM, auth_data: {} }),
      alice.get(keysPath(unknown)),
      alice.get(keysPath(unknown, ROOM, "s")),
      alice.put(keysPath(unknown, ROOM, "s"), key("a")),
      alice.delete(keysPath(unknown)),
    ];
    for (const outcome of await Promise.all(asked.map(refusal))) assert.equal(outcome, "404 M_NOT_FOUND", unknown);
  }
  assert.deepEqual(await bob.get(keysPath(version)), { rooms: {} });
  assert.equal(await refusal(bob.get(keysPath("2"))), "404 M_NOT_FOUND");
});

it("keys are stored and read by session, by room and all together", async (homeserver) => {
  const { put, get } = await start(homeserver);
  const [a, b, c] = [key("a"), key("b"), key("c", { is_verified: true })];
  assert.equal((await put(a, ROOM, "s/1")).count, 1);
  assert.equal((await put({ sessions: { 2: b } }, ROOM)).count, 2);
  assert.equal((await put({ rooms: { "!x": { sessions: { 3: c } }, "!y": { sessions: {} } } })).count, 3);
  assert.deepEqual(await get(ROOM, "s/1"), a);
  assert.deepEqual(await get(ROOM), { sessions: { "s/1": a, 2: b } });
  const all = { rooms: { [ROOM]: { sessions: { "s/1": a, 2: b } }, "!x": { sessions: { 3: c } } } };
  assert.deepEqual(await get(), all);
  await homeserver.restart();
  assert.deepEqual(await get(), all);
  assert.deepEqual(await get("!none"), { sessions: {} });
  assert.equal(await refusal(get(ROOM, "none")), "404 M_NOT_FOUND");
});

it("keys are deleted by session, by room and all together", async (homeserver) => {
  const { alice, version, put, get } = await start(homeserver);
  const sessions = { 1: key("a"), 2: key("b") };
  const before = await put({ rooms: { [ROOM]: { sessions }, "!x": { sessions }, "!y": { sessions } } });
  const remove = async (...ids: readonly string[]): Promise<State> =>
    await alice.delete<State>(keysPath(version, ...ids));
  const first = await remove(ROOM, "1");
  assert.equal(first.count, 5);
  assert.notEqual(first.etag, before.etag);
  assert.deepEqual(await remove(ROOM, "1"), first);
  assert.equal((await remove("!x")).count, 3);
  assert.deepEqual(Object.keys(Object(await get()).rooms).toSorted(), [ROOM, "!y"].toSorted());
  assert.equal((await remove()).count, 0);
  assert.deepEqual(await get(), { rooms: {} });
});

it("the better key of a session stays: verified, then earlier, then less forwarded", async (homeserver) => {
  const { put, get } = await start(homeserver);
  const dataOf = async (): Promise<unknown> => Object(await get(ROOM, "s")).session_data.data;
  await put(key("first"), ROOM, "s");
  const worse = [
    key("same"),
    key("more forwarded", { forwarded_count: 3 }),
    key("later", { first_message_index: 6, forwarded_count: 0 }),
  ];
  for (const each of worse) {
    await put(each, ROOM, "s");
    assert.equal(await dataOf(), "first");
  }
  const better = [
    key("less forwarded", { forwarded_count: 1 }),
    key("earlier", { first_message_index: 4, forwarded_count: 9 }),
    key("verified", { first_message_index: 9, forwarded_count: 9, is_verified: true }),
  ];
  for (const each of better) {
    await put(each, ROOM, "s");
    assert.equal(await dataOf(), each.session_data.data);
  }
  await put(key("not verified", { first_message_index: 0, forwarded_count: 0 }), ROOM, "s");
  assert.equal(await dataOf(), "verified");
});

it("the etag changes when the keys do, and at no other time", async (homeserver) => {
  const { alice, put } = await start(homeserver);
  const first = await put(key("a"), ROOM, "s");
  assert.deepEqual(await put(key("a"), ROOM, "s"), first);
  assert.deepEqual(await put({ sessions: { s: key("worse", { forwarded_count: 9 }) } }, ROOM), first);
  const { count, etag } = await alice.get<State>("room_keys/version");
  assert.deepEqual({ count, etag }, first);
  const better = await put(key("b", { forwarded_count: 0 }), ROOM, "s");
  assert.equal(better.count, 1);
  assert.notEqual(better.etag, first.etag);
});

it("keys are stored into the current backup alone", async (homeserver) => {
  const { alice, put, get } = await start(homeserver);
  await put(key("old"), ROOM, "s");
  const current = await create(alice);
  const asked = [put(key("a"), ROOM, "t"), put({ sessions: {} }, ROOM), put({ rooms: {} })];
  for (const outcome of await Promise.all(asked.map(refusal))) assert.equal(outcome, "403 M_WRONG_ROOM_KEYS_VERSION");
  assert.equal(await currentVersionOf(put(key("a"), ROOM, "t")), current);
  assert.deepEqual(await get(ROOM), { sessions: { s: key("old") } });
});

it("what is no key is refused, and nothing of the request is stored", async (homeserver) => {
  const { alice, version, put, get } = await start(homeserver);
  const one = async (over: object): Promise<string> =>
    await refusal(put({ rooms: { [ROOM]: { sessions: { 1: key("a"), 2: key("b", over) } } } }));
  assert.equal(await one({ first_message_index: -1 }), "400 M_INVALID_PARAM");
  assert.equal(await one({ first_message_index: "1" }), "400 M_BAD_JSON");
  assert.equal(await one({ is_verified: 1 }), "400 M_BAD_JSON");
  assert.equal(await one({ session_data: undefined }), "400 M_MISSING_PARAM");
  assert.equal(await one({ session_data: "x".repeat(65_536) }), "413 M_TOO_LARGE");
  for (const id of ["", "\0", "x".repeat(256)]) {
    assert.equal(await refusal(put({ sessions: { [id]: key("a") } }, ROOM)), "400 M_INVALID_PARAM");
    assert.equal(await refusal(put({ rooms: { [id]: { sessions: { 1: key("a") } } } })), "400 M_INVALID_PARAM");
  }
  assert.equal(await refusal(get(ROOM, "\0")), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.get("room_keys/keys")), "400 M_MISSING_PARAM");
  assert.equal(
    await refusal(alice.post("room_keys/version", { algorithm: "\0", auth_data: {} })),
    "400 M_INVALID_PARAM",
  );
  assert.equal(await refusal(alice.post("room_keys/version", { algorithm: "a" })), "400 M_MISSING_PARAM");
  assert.deepEqual(await alice.get(keysPath(version)), { rooms: {} });
});

it("backups of many keys are read page by page", async (homeserver) => {
  const { put, get } = await start(homeserver);
  const sessions = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`s${n}`, key(`${n}`)]));
  const rooms = { "!a": { sessions }, "!b": { sessions } };
  assert.equal((await put({ rooms })).count, 1_200);
  assert.deepEqual(await get(), { rooms });
  assert.deepEqual(await get("!b"), { sessions });
});

it("a user has a hundred backups at most", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (let n = 0; n < 100; n++) await create(alice);
  assert.equal(await refusal(create(alice)), "403 M_FORBIDDEN");
  await alice.delete("room_keys/version/1");
  assert.equal(await refusal(create(alice)), "allowed");
});

it("guests have no backups", async (homeserver) => {
  const guest = await homeserver.register("guest", { isGuest: true });
  assert.equal(await refusal(create(guest)), "403 M_GUEST_ACCESS_FORBIDDEN");
});
