import assert from "node:assert/strict";
import { refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { deviceKeysOf, keyObject, newKey, oneTimeKeys, query, uploadDeviceKeys } from "./testing.ts";

const it = homeserverTests();

type ClaimJson = {
  readonly one_time_keys: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly failures: Readonly<Record<string, { readonly errcode: string }>>;
};

const ALGORITHM = "signed_curve25519";

const claimOf = async (client: TestClient, owner: TestClient, algorithm = ALGORITHM): Promise<ClaimJson> =>
  await client.post("keys/claim", { one_time_keys: { [owner.userId]: { [owner.deviceId]: algorithm } } });

/** The name of the key that was claimed. */
const claim = async (client: TestClient, owner: TestClient, algorithm = ALGORITHM): Promise<string | undefined> =>
  Object.keys((await claimOf(client, owner, algorithm)).one_time_keys[owner.userId]?.[owner.deviceId] ?? {})[0];

type CountsJson = {
  readonly device_one_time_keys_count: Readonly<Record<string, number>>;
  readonly device_unused_fallback_key_types: readonly string[];
};

/** What an answer of `/sync` says of the client's keys. */
async function counts(client: TestClient): Promise<CountsJson> {
  const { device_one_time_keys_count, device_unused_fallback_key_types } = await client.get<CountsJson>("sync");
  return { device_one_time_keys_count, device_unused_fallback_key_types };
}

async function start(homeserver: TestHomeserver) {
  return { alice: await homeserver.register("alice"), bob: await homeserver.register("bob") };
}

it("keys of a device are given as they were uploaded, with the name of the device", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  assert.deepEqual((await query(bob, alice)).device_keys, { [alice.userId]: {} });
  const { keys } = await uploadDeviceKeys(alice);
  const expected = { ...keys, unsigned: {} };
  for (const viewer of [alice, bob])
    assert.deepEqual((await query(viewer, alice)).device_keys, { [alice.userId]: { [alice.deviceId]: expected } });
  await alice.put(`devices/${alice.deviceId}`, { display_name: "Phone" });
  const named = (await query(bob, alice)).device_keys[alice.userId]?.[alice.deviceId];
  assert.deepEqual(named, { ...keys, unsigned: { device_display_name: "Phone" } });
});

it("what clients say under `unsigned` is not kept, and unknown members and algorithms are", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const keys = { ...deviceKeysOf(alice, newKey(alice.deviceId)), algorithms: ["org.x"], "org.x": [1, { a: null }] };
  await alice.post("/_matrix/client/r0/keys/upload", {
    device_keys: { ...keys, unsigned: { device_display_name: "x" } },
  });
  const found = (await query(bob, alice)).device_keys[alice.userId]?.[alice.deviceId];
  assert.deepEqual(found, { ...keys, unsigned: {} });
});

it("certain devices can be asked for; unknown ones are left out", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const other = await homeserver.otherDeviceOf(alice);
  for (const device of [alice, other]) await uploadDeviceKeys(device);
  const ask = async (deviceIds: readonly string[]): Promise<string[]> => {
    const body = { device_keys: { [alice.userId]: deviceIds }, timeout: 10_000 };
    const answer = await bob.post<Awaited<ReturnType<typeof query>>>("keys/query", body);
    return Object.keys(answer.device_keys[alice.userId] ?? {}).toSorted();
  };
  assert.deepEqual(await ask([]), [alice.deviceId, other.deviceId].toSorted());
  assert.deepEqual(await ask([other.deviceId, "NONE", "\0"]), [other.deviceId]);
  assert.deepEqual(await ask(["NONE"]), []);
});

it("unknown users are left out, and other servers are failures", async (homeserver) => {
  const { alice } = await start(homeserver);
  const device_keys = { "@nobody:test": [], nonsense: [], "@a\0:test": [], "@x:elsewhere.example": [] };
  const answer = await alice.post<Awaited<ReturnType<typeof query>>>("keys/query", { device_keys });
  assert.deepEqual(answer.device_keys, {});
  assert.deepEqual(
    Object.entries(answer.failures).map(([server, { errcode }]) => [server, errcode]),
    [["elsewhere.example", "M_UNKNOWN"]],
  );
});

it("keys of another user or device, and broken ones, are refused", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const keys = deviceKeysOf(alice, newKey(alice.deviceId));
  const upload = async (device_keys: unknown): Promise<string> =>
    await refusal(alice.post("keys/upload", { device_keys }));
  assert.equal(await upload({ ...keys, user_id: bob.userId }), "400 M_INVALID_PARAM");
  assert.equal(await upload({ ...keys, device_id: bob.deviceId }), "400 M_INVALID_PARAM");
  for (const name of ["user_id", "device_id", "algorithms", "keys", "signatures"]) {
    const { [name]: _gone, ...rest } = keys;
    assert.equal(await upload(rest), "400 M_BAD_JSON", name);
  }
  assert.equal(await upload({ ...keys, algorithms: "all" }), "400 M_BAD_JSON");
  assert.equal(await upload({ ...keys, long: "x".repeat(65_536) }), "413 M_TOO_LARGE");
  const otherPath = alice.post(`keys/upload/${bob.deviceId}`, { device_keys: keys });
  assert.equal(await refusal(otherPath), "400 M_INVALID_PARAM");
  assert.deepEqual((await query(alice, alice)).device_keys, { [alice.userId]: {} });
  await alice.post(`keys/upload/${alice.deviceId}`, { device_keys: keys });
  assert.notDeepEqual((await query(alice, alice)).device_keys, { [alice.userId]: {} });
});

it("one-time keys are counted by algorithm, and told with every sync", async (homeserver) => {
  const { alice } = await start(homeserver);
  assert.deepEqual(await counts(alice), {
    device_one_time_keys_count: { signed_curve25519: 0 },
    device_unused_fallback_key_types: [],
  });
  const one_time_keys = { ...oneTimeKeys(3), "org.x:a:b": "text" };
  const answer = await alice.post("keys/upload", { one_time_keys });
  assert.deepEqual(answer, { one_time_key_counts: { signed_curve25519: 3, "org.x": 1 } });
  assert.deepEqual((await counts(alice)).device_one_time_keys_count, { signed_curve25519: 3, "org.x": 1 });
  assert.deepEqual(await alice.post("keys/upload", {}), answer);
  const { next_batch: since } = await alice.sync();
  assert.deepEqual(await alice.sync({ since }), {
    next_batch: since,
    device_one_time_keys_count: { signed_curve25519: 3, "org.x": 1 },
    device_unused_fallback_key_types: [],
  });
});

it("the counts alone are no news: a client goes on to wait for some", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const { next_batch: since } = await alice.sync();
  await alice.post("keys/upload", { one_time_keys: oneTimeKeys(1) });
  const waiting = alice.sync({ since, timeout: 30_000 });
  await claim(bob, alice);
  await bob.put("sendToDevice/org.x/1", { messages: { [alice.userId]: { "*": {} } } });
  const answer = await waiting;
  assert.equal(answer.to_device?.events.length, 1);
  assert.deepEqual(
    Object.entries(answer).filter(([name]) => name === "device_one_time_keys_count"),
    [["device_one_time_keys_count", { signed_curve25519: 0 }]],
  );
});

it("the same one-time key again is accepted, another one under its ID is not", async (homeserver) => {
  const { alice } = await start(homeserver);
  const upload = async (one_time_keys: unknown) => await alice.post("keys/upload", { one_time_keys });
  await upload({ [`${ALGORITHM}:1`]: { key: "a", signatures: {} } });
  const same = { [`${ALGORITHM}:1`]: { signatures: {}, key: "a" } };
  assert.deepEqual(await upload(same), { one_time_key_counts: { [ALGORITHM]: 1 } });
  const other = { [`${ALGORITHM}:1`]: keyObject("b"), [`${ALGORITHM}:2`]: keyObject("c") };
  assert.equal(await refusal(upload(other)), "400 M_INVALID_PARAM");
  assert.deepEqual(await upload(same), { one_time_key_counts: { [ALGORITHM]: 1 } });
  assert.deepEqual(await upload({ "org.x:1": "b" }), { one_time_key_counts: { [ALGORITHM]: 1, "org.x": 1 } });
});

it("names of keys without a part, too long ones, and too large keys are refused", async (homeserver) => {
  const { alice } = await start(homeserver);
  const upload = async (name: string, key: unknown = "k"): Promise<string> =>
    await refusal(alice.post("keys/upload", { one_time_keys: { [name]: key } }));
  for (const name of ["", "a", ":a", "a:", "a:\0", `a:${"x".repeat(254)}`])
    assert.equal(await upload(name), "400 M_INVALID_PARAM", name);
  assert.equal(await upload("a:1", "x".repeat(8_192)), "413 M_TOO_LARGE");
  assert.equal(await upload("a:1", 1), "400 M_BAD_JSON");
  assert.deepEqual(await alice.post("keys/upload"), { one_time_key_counts: { [ALGORITHM]: 0 } });
});

it("a key that is an object has a text as its key, and signatures; others are refused, and nothing is stored", async (homeserver) => {
  const { alice } = await start(homeserver);
  const wrong = [
    {},
    { key: "a" },
    { signatures: {} },
    { key: 1, signatures: {} },
    { key: "a", signatures: { "@a:test": 1 } },
  ];
  for (const kind of ["one_time_keys", "fallback_keys"])
    for (const key of wrong)
      assert.equal(
        await refusal(
          alice.post("keys/upload", { one_time_keys: oneTimeKeys(2), [kind]: { [`${ALGORITHM}:A`]: key } }),
        ),
        "400 M_BAD_JSON",
        `${kind} ${JSON.stringify(key)}`,
      );
  assert.deepEqual(await counts(alice), {
    device_one_time_keys_count: { [ALGORITHM]: 0 },
    device_unused_fallback_key_types: [],
  });
});

it("a device has a thousand one-time keys at most", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const tooMany = alice.post("keys/upload", { one_time_keys: oneTimeKeys(1_001) });
  assert.equal(await refusal(tooMany), "400 M_INVALID_PARAM");
  await alice.post("keys/upload", { one_time_keys: oneTimeKeys(1_000) });
  const one = async () => await alice.post("keys/upload", { one_time_keys: { "org.x:1": "k" } });
  assert.equal(await refusal(one()), "400 M_INVALID_PARAM");
  await claim(bob, alice);
  assert.deepEqual(await one(), { one_time_key_counts: { [ALGORITHM]: 999, "org.x": 1 } });
});

it("keys are claimed in the order of their uploads, each once, and never again", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  await alice.post("keys/upload", { one_time_keys: { [`${ALGORITHM}:z`]: keyObject("z") } });
  await alice.post("keys/upload", { one_time_keys: { [`${ALGORITHM}:a`]: keyObject("a") } });
  assert.deepEqual(await claimOf(bob, alice), {
    failures: {},
    one_time_keys: { [alice.userId]: { [alice.deviceId]: { [`${ALGORITHM}:z`]: keyObject("z") } } },
  });
  await homeserver.restart();
  // The answer to the upload may have been lost.
  await alice.post("keys/upload", { one_time_keys: { [`${ALGORITHM}:z`]: keyObject("z") } });
  assert.deepEqual((await counts(alice)).device_one_time_keys_count, { [ALGORITHM]: 1 });
  assert.equal(await claim(alice, alice), `${ALGORITHM}:a`);
  assert.deepEqual((await claimOf(bob, alice)).one_time_keys, {});
  // A client that begins anew counts its keys anew.
  await alice.post("keys/upload", { one_time_keys: { [`${ALGORITHM}:z`]: keyObject("new") } });
  assert.equal(await claim(bob, alice), `${ALGORITHM}:z`);
});

it("fifty claims at once of forty keys get each key once", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  await alice.post("keys/upload", { one_time_keys: oneTimeKeys(40) });
  const claimed = await Promise.all(Array.from({ length: 50 }, async () => await claim(bob, alice)));
  const names = claimed.filter((name) => name !== undefined);
  assert.equal(names.length, 40);
  assert.equal(new Set(names).size, 40);
  assert.deepEqual((await counts(alice)).device_one_time_keys_count, { [ALGORITHM]: 0 });
});

it("unknown users, devices and algorithms have no keys, and other servers are failures", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  await alice.post("keys/upload", { one_time_keys: oneTimeKeys(1) });
  const one_time_keys = {
    [alice.userId]: { [alice.deviceId]: "org.unknown", NONE: ALGORITHM, "\0": ALGORITHM },
    "@nobody:test": { A: ALGORITHM },
    "@x:elsewhere.example": { A: ALGORITHM },
    nonsense: { A: ALGORITHM },
  };
  const answer = await bob.post<ClaimJson>("keys/claim", { one_time_keys, timeout: 1_000 });
  assert.deepEqual(answer.one_time_keys, {});
  assert.deepEqual(Object.keys(answer.failures), ["elsewhere.example"]);
  assert.equal(answer.failures["elsewhere.example"]?.errcode, "M_UNKNOWN");
  assert.equal(await refusal(bob.post("keys/claim", {})), "400 M_MISSING_PARAM");
  assert.equal(await refusal(bob.post("keys/claim", { one_time_keys: { [alice.userId]: [] } })), "400 M_BAD_JSON");
  assert.equal(await refusal(bob.post("keys/query", {})), "400 M_MISSING_PARAM");
  assert.equal(await refusal(bob.post("keys/query", { device_keys: { [alice.userId]: "all" } })), "400 M_BAD_JSON");
});

it("many devices are claimed from in one request", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const other = await homeserver.otherDeviceOf(alice);
  for (const device of [alice, other, bob]) await device.post("keys/upload", { one_time_keys: oneTimeKeys(2) });
  const one_time_keys = {
    [alice.userId]: { [alice.deviceId]: ALGORITHM, [other.deviceId]: ALGORITHM },
    [bob.userId]: { [bob.deviceId]: ALGORITHM },
  };
  const answer = await bob.post<ClaimJson>("keys/claim", { one_time_keys });
  assert.deepEqual(
    [alice, other, bob].map(
      ({ userId, deviceId }) => Object.keys(answer.one_time_keys[userId]?.[deviceId] ?? {}).length,
    ),
    [1, 1, 1],
  );
});

it("the fallback key is given when no other is left, again and again, and is told to be used", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const fallback = { [`${ALGORITHM}:f`]: { ...keyObject("f"), fallback: true } };
  await alice.post("keys/upload", { one_time_keys: oneTimeKeys(1), fallback_keys: fallback });
  assert.deepEqual((await counts(alice)).device_unused_fallback_key_types, [ALGORITHM]);
  assert.equal(await claim(bob, alice), `${ALGORITHM}:1`);
  assert.deepEqual((await counts(alice)).device_unused_fallback_key_types, [ALGORITHM]);
  for (const _ of [1, 2]) assert.equal(await claim(bob, alice), `${ALGORITHM}:f`);
  assert.deepEqual((await counts(alice)).device_unused_fallback_key_types, []);
  await alice.post("keys/upload", { fallback_keys: fallback });
  assert.deepEqual((await counts(alice)).device_unused_fallback_key_types, []);
  await alice.post("keys/upload", { fallback_keys: { [`${ALGORITHM}:g`]: { ...keyObject("g"), fallback: true } } });
  assert.deepEqual((await counts(alice)).device_unused_fallback_key_types, [ALGORITHM]);
  assert.equal(await claim(bob, alice), `${ALGORITHM}:g`);
});

it("there is one fallback key for an algorithm, and there are few algorithms", async (homeserver) => {
  const { alice } = await start(homeserver);
  const upload = async (...names: readonly string[]): Promise<string> =>
    await refusal(alice.post("keys/upload", { fallback_keys: Object.fromEntries(names.map((name) => [name, "k"])) }));
  assert.equal(await upload("a:1", "a:2"), "400 M_INVALID_PARAM");
  assert.equal(await upload(...Array.from({ length: 10 }, (_, n) => `a${n}:1`)), "allowed");
  assert.equal(await upload("b:1"), "400 M_INVALID_PARAM");
  assert.equal(await upload("a9:2"), "allowed");
});

it("the keys of a device go with it", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const other = await homeserver.otherDeviceOf(alice);
  await uploadDeviceKeys(other);
  await other.post("keys/upload", { one_time_keys: oneTimeKeys(1), fallback_keys: { "org.x:1": "k" } });
  await other.post("logout");
  assert.deepEqual((await query(bob, alice)).device_keys, { [alice.userId]: {} });
  for (const algorithm of [ALGORITHM, "org.x"])
    assert.deepEqual((await claimOf(bob, other, algorithm)).one_time_keys, {});
  const again = await homeserver.sameDeviceOf(other);
  assert.deepEqual(await counts(again), {
    device_one_time_keys_count: { [ALGORITHM]: 0 },
    device_unused_fallback_key_types: [],
  });
});

it("guests have keys as well", async (homeserver) => {
  const guest = await homeserver.register("guest", { isGuest: true });
  await uploadDeviceKeys(guest);
  await guest.post("keys/upload", { one_time_keys: oneTimeKeys(1) });
  assert.equal(Object.keys((await query(guest, guest)).device_keys[guest.userId] ?? {}).length, 1);
  assert.equal(await claim(guest, guest), `${ALGORITHM}:1`);
});
