import assert from "node:assert/strict";
import { refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { SigningKey } from "../../protocol/signing/crypto.ts";
import { signJson } from "../../protocol/signing/json.ts";
import { deviceKeysOf, newKey, query, uploadDeviceKeys } from "../device-keys/testing.ts";

const it = homeserverTests();

const UPLOAD = "keys/device_signing/upload";

interface Keys {
  readonly master: SigningKey;
  readonly selfSigning: SigningKey;
  readonly userSigning: SigningKey;
}

const newKeys = (): Keys => ({ master: newKey(), selfSigning: newKey(), userSigning: newKey() });

const keyJson = ({ userId }: TestClient, usage: string, key: SigningKey): JsonObject => ({
  user_id: userId,
  usage: [usage],
  keys: { [key.keyId]: key.publicKey },
});

/** The body of an upload of all three keys. */
function bodyOf(client: TestClient, { master, selfSigning, userSigning }: Keys) {
  return {
    master_key: keyJson(client, "master", master),
    self_signing_key: signJson(keyJson(client, "self_signing", selfSigning), client.userId, master),
    user_signing_key: signJson(keyJson(client, "user_signing", userSigning), client.userId, master),
  };
}

const auth = ({ userId }: TestClient) => ({
  type: "m.login.password",
  identifier: { type: "m.id.user", user: userId },
  password: "correct horse",
});

/** The user has a device with keys, and cross-signing keys. */
async function crossSigned(homeserver: TestHomeserver, name: string) {
  const client = await homeserver.register(name);
  const device = await uploadDeviceKeys(client);
  const keys = newKeys();
  const body = bodyOf(client, keys);
  await client.post(UPLOAD, body);
  return { client, device, keys, body };
}

type Failures = Readonly<Record<string, Readonly<Record<string, { readonly errcode: string }>>>>;

/** Uploads signatures on one key; gives the errcode of its failure. */
async function sign(
  client: TestClient,
  owner: TestClient,
  key: string,
  object: JsonObject,
): Promise<string | undefined> {
  const body = { [owner.userId]: { [key]: object } };
  const { failures } = await client.post<{ failures: Failures }>("keys/signatures/upload", body);
  return failures[owner.userId]?.[key]?.errcode;
}

const signaturesOf = (object: JsonObject | undefined): unknown => object?.["signatures"];

it("the first keys are taken without a password, and told: the user-signing key to its owner alone", async (homeserver) => {
  const { client: alice, body } = await crossSigned(homeserver, "alice");
  const bob = await homeserver.register("bob");
  const own = await query(alice, alice);
  assert.deepEqual(own.master_keys, { [alice.userId]: body.master_key });
  assert.deepEqual(own.self_signing_keys, { [alice.userId]: body.self_signing_key });
  assert.deepEqual(own.user_signing_keys, { [alice.userId]: body.user_signing_key });
  const asBobSees = await query(bob, alice, bob);
  assert.deepEqual(asBobSees.master_keys, { [alice.userId]: body.master_key });
  assert.deepEqual(asBobSees.self_signing_keys, { [alice.userId]: body.self_signing_key });
  assert.deepEqual(asBobSees.user_signing_keys, {});
});

it("the same keys again need no password, other ones do, all together or one", async (homeserver) => {
  const { client: alice, body, keys } = await crossSigned(homeserver, "alice");
  assert.deepEqual(await alice.post(UPLOAD, body), {});
  assert.deepEqual(await alice.post("/_matrix/client/unstable/keys/device_signing/upload", body), {});
  assert.deepEqual(await alice.post(UPLOAD, { self_signing_key: body.self_signing_key }), {});
  const others = bodyOf(alice, newKeys());
  assert.equal(await refusal(alice.post(UPLOAD, others)), "401 undefined");
  const other = signJson(keyJson(alice, "self_signing", newKey()), alice.userId, keys.master);
  assert.equal(await refusal(alice.post(UPLOAD, { self_signing_key: other })), "401 undefined");
  assert.equal(await refusal(alice.post(UPLOAD, { ...body, self_signing_key: other })), "401 undefined");
  const wrong = alice.post(UPLOAD, { ...others, auth: { ...auth(alice), password: "wrong" } });
  assert.equal(await refusal(wrong), "401 M_FORBIDDEN");
  assert.deepEqual((await query(alice, alice)).master_keys, { [alice.userId]: body.master_key });
  assert.deepEqual(await alice.post(UPLOAD, { ...others, auth: auth(alice) }), {});
  assert.deepEqual((await query(alice, alice)).master_keys, { [alice.userId]: others.master_key });
});

it("a key is added to a master key with a password only", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const keys = newKeys();
  const { master_key, user_signing_key } = bodyOf(alice, keys);
  await alice.post("/_matrix/client/r0/keys/device_signing/upload", { master_key });
  assert.equal(await refusal(alice.post(UPLOAD, { user_signing_key })), "401 undefined");
  await alice.post(UPLOAD, { user_signing_key, auth: auth(alice) });
  assert.deepEqual((await query(alice, alice)).user_signing_keys, { [alice.userId]: user_signing_key });
});

it("of two first uploads at once one is taken, and the other is asked for the password", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const bodies = [bodyOf(alice, newKeys()), bodyOf(alice, newKeys())];
  const outcomes = await Promise.all(bodies.map(async (body) => await refusal(alice.post(UPLOAD, body))));
  assert.deepEqual(outcomes.toSorted(), ["401 undefined", "allowed"]);
  const winner = bodies[outcomes.indexOf("allowed")];
  const own = await query(alice, alice);
  assert.deepEqual(own.master_keys, { [alice.userId]: winner?.master_key });
  assert.deepEqual(own.self_signing_keys, { [alice.userId]: winner?.self_signing_key });
});

it("keys without a master key, and keys that it did not sign, are refused", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const keys = newKeys();
  const { master_key, self_signing_key, user_signing_key } = bodyOf(alice, keys);
  assert.equal(await refusal(alice.post(UPLOAD, { self_signing_key })), "400 M_MISSING_PARAM");
  assert.equal(await refusal(alice.post(UPLOAD, {})), "400 M_MISSING_PARAM");
  const unsigned = keyJson(alice, "self_signing", keys.selfSigning);
  for (const wrong of [unsigned, signJson(unsigned, alice.userId, newKey())])
    assert.equal(await refusal(alice.post(UPLOAD, { master_key, self_signing_key: wrong })), "400 M_INVALID_SIGNATURE");
  const changed = { ...user_signing_key, more: 1 };
  assert.equal(await refusal(alice.post(UPLOAD, { master_key, user_signing_key: changed })), "400 M_INVALID_SIGNATURE");
  assert.deepEqual((await query(alice, alice)).master_keys, {});
});

it("keys must be the user's, for their usage, and one Ed25519 key under its own name", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const key = newKey();
  const master = keyJson(alice, "master", key);
  const upload = async (master_key: unknown): Promise<string> => await refusal(alice.post(UPLOAD, { master_key }));
  assert.equal(await upload({ ...master, user_id: bob.userId }), "400 M_INVALID_PARAM");
  assert.equal(await upload({ ...master, usage: ["self_signing"] }), "400 M_INVALID_PARAM");
  const other = newKey();
  const broken = [
    {},
    { [key.keyId]: key.publicKey, [other.keyId]: other.publicKey },
    { [key.keyId]: other.publicKey },
    { [`curve25519:${key.publicKey}`]: key.publicKey },
    { "ed25519:short": "short" },
  ];
  for (const keys of broken) assert.equal(await upload({ ...master, keys }), "400 M_INVALID_PARAM");
  const { usage: _usage, ...without } = master;
  assert.equal(await upload(without), "400 M_MISSING_PARAM");
  assert.equal(await upload("key"), "400 M_BAD_JSON");
  assert.equal(await upload({ ...master, long: "x".repeat(65_536) }), "413 M_TOO_LARGE");
});

it("a key may not be called as a device", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const key = newKey();
  await homeserver.anonymous().post("login", { ...auth(alice), device_id: key.publicKey });
  const refused = alice.post(UPLOAD, { master_key: keyJson(alice, "master", key) });
  assert.equal(await refusal(refused), "403 M_FORBIDDEN");
});

it("the self-signing key signs own devices, for all to see", async (homeserver) => {
  const { client: alice, keys, device } = await crossSigned(homeserver, "alice");
  const bob = await homeserver.register("bob");
  const { signatures: own, ...unsigned } = device.keys;
  const signed = signJson(unsigned, alice.userId, keys.selfSigning);
  assert.equal(await sign(alice, alice, alice.deviceId, signed), undefined);
  for (const viewer of [alice, bob]) {
    const found = (await query(viewer, alice)).device_keys[alice.userId]?.[alice.deviceId];
    const expected = { ...Object(own)[alice.userId], ...Object(signed.signatures)[alice.userId] };
    assert.deepEqual(signaturesOf(found), { [alice.userId]: expected });
  }
});

it("devices sign the own master key, for all to see", async (homeserver) => {
  const { client: alice, keys, device, body } = await crossSigned(homeserver, "alice");
  const bob = await homeserver.register("bob");
  const signed = signJson(body.master_key, alice.userId, device.key);
  const failure = await sign(alice, alice, keys.master.publicKey, signed);
  assert.equal(failure, undefined);
  assert.deepEqual((await query(bob, alice)).master_keys[alice.userId], signed);
});

it("the user-signing key signs master keys of others, for its owner to see", async (homeserver) => {
  const { client: alice, keys } = await crossSigned(homeserver, "alice");
  const { client: bob, keys: bobs, body } = await crossSigned(homeserver, "bob");
  const carol = await homeserver.register("carol");
  const signed = signJson(body.master_key, alice.userId, keys.userSigning);
  assert.equal(await sign(alice, bob, bobs.master.publicKey, signed), undefined);
  assert.deepEqual((await query(alice, bob)).master_keys[bob.userId], signed);
  for (const viewer of [bob, carol])
    assert.deepEqual((await query(viewer, bob)).master_keys[bob.userId], body.master_key);
});

it("signatures that do not hold, of the wrong keys, or of changed keys are failures, and the others are stored", async (homeserver) => {
  const { client: alice, keys, device, body } = await crossSigned(homeserver, "alice");
  const { client: bob, keys: bobs, body: bobsBody } = await crossSigned(homeserver, "bob");
  const { signatures: _own, ...unsigned } = device.keys;
  const good = signJson(unsigned, alice.userId, keys.selfSigning);
  const bad = { ...good, signatures: { [alice.userId]: { [keys.selfSigning.keyId]: "x".repeat(86) } } };
  const byMaster = signJson(unsigned, alice.userId, keys.master);
  const changed = signJson({ ...unsigned, more: 1 }, alice.userId, keys.selfSigning);
  for (const wrong of [bad, byMaster, changed, unsigned])
    assert.equal(await sign(alice, alice, alice.deviceId, wrong), "M_INVALID_SIGNATURE");
  const bobsMaster = bobsBody.master_key;
  for (const key of [keys.master, keys.selfSigning, device.key]) {
    const wrong = signJson(bobsMaster, alice.userId, key);
    assert.equal(await sign(alice, bob, bobs.master.publicKey, wrong), "M_INVALID_SIGNATURE");
  }
  const bySelfSigning = signJson(body.master_key, alice.userId, keys.selfSigning);
  assert.equal(await sign(alice, alice, keys.master.publicKey, bySelfSigning), "M_INVALID_SIGNATURE");
  const { failures } = await alice.post<{ failures: Failures }>("/_matrix/client/unstable/keys/signatures/upload", {
    [alice.userId]: { [alice.deviceId]: good, NONE: good },
    [bob.userId]: { [bob.deviceId]: good, [bobs.selfSigning.publicKey]: good },
    "@x:elsewhere.example": { key: good },
    "@a\0:test": { key: good },
  });
  const errcodes = Object.values(failures).flatMap((byKey) => Object.values(byKey).map(({ errcode }) => errcode));
  assert.deepEqual(
    errcodes,
    Array.from({ length: 5 }, () => "M_NOT_FOUND"),
  );
  const found = (await query(bob, alice)).device_keys[alice.userId]?.[alice.deviceId];
  assert.ok(JSON.stringify(signaturesOf(found)).includes(keys.selfSigning.keyId));
});

it("new keys end the signatures of the old ones, and keys that the old master key signed", async (homeserver) => {
  const { client: alice, keys, device } = await crossSigned(homeserver, "alice");
  const { signatures: own, ...unsigned } = device.keys;
  await sign(alice, alice, alice.deviceId, signJson(unsigned, alice.userId, keys.selfSigning));
  const { master_key } = bodyOf(alice, newKeys());
  await alice.post(UPLOAD, { master_key, auth: auth(alice) });
  const found = await query(alice, alice);
  assert.deepEqual(found.master_keys, { [alice.userId]: master_key });
  assert.deepEqual([found.self_signing_keys, found.user_signing_keys], [{}, {}]);
  assert.deepEqual(signaturesOf(found.device_keys[alice.userId]?.[alice.deviceId]), own);
});

it("a device's new keys bear no signatures on the old ones", async (homeserver) => {
  const { client: alice, keys, device } = await crossSigned(homeserver, "alice");
  const { signatures: _own, ...unsigned } = device.keys;
  await sign(alice, alice, alice.deviceId, signJson(unsigned, alice.userId, keys.selfSigning));
  const replaced = deviceKeysOf(alice, newKey(alice.deviceId));
  await alice.post("keys/upload", { device_keys: replaced });
  const found = (await query(alice, alice)).device_keys[alice.userId]?.[alice.deviceId];
  assert.deepEqual(found, { ...replaced, unsigned: {} });
});

it("keys and signatures are told to those who share a room; what is private to the user alone", async (homeserver) => {
  const { client: alice, keys, device } = await crossSigned(homeserver, "alice");
  const { client: bob, keys: bobs, body: bobsBody } = await crossSigned(homeserver, "bob");
  const room = await alice.createRoom({ preset: "public_chat" });
  await bob.join(room);
  let [ofAlice, ofBob] = [(await alice.sync()).next_batch, (await bob.sync()).next_batch];
  const news = async (): Promise<readonly (readonly string[])[]> => {
    const [a, b] = [await alice.sync({ since: ofAlice }), await bob.sync({ since: ofBob })];
    const full = await alice.sync({ since: ofAlice, full_state: true });
    assert.deepEqual(full.device_lists, a.device_lists);
    [ofAlice, ofBob] = [a.next_batch, b.next_batch];
    return [a.device_lists?.changed ?? [], b.device_lists?.changed ?? []];
  };
  const { signatures: _own, ...unsigned } = device.keys;
  const signed = signJson(unsigned, alice.userId, keys.selfSigning);
  await sign(alice, alice, alice.deviceId, signed);
  assert.deepEqual(await news(), [[alice.userId], [alice.userId]]);
  await sign(alice, alice, alice.deviceId, signed);
  assert.deepEqual(await news(), [[], []]);
  await sign(alice, bob, bobs.master.publicKey, signJson(bobsBody.master_key, alice.userId, keys.userSigning));
  assert.deepEqual(await news(), [[bob.userId], []]);
  const user_signing_key = signJson(keyJson(alice, "user_signing", newKey()), alice.userId, keys.master);
  await alice.post(UPLOAD, { user_signing_key, auth: auth(alice) });
  assert.deepEqual(await news(), [[alice.userId], []]);
  const self_signing_key = signJson(keyJson(alice, "self_signing", newKey()), alice.userId, keys.master);
  await alice.post(UPLOAD, { self_signing_key, auth: auth(alice) });
  assert.deepEqual(await news(), [[alice.userId], [alice.userId]]);
});

it("the keys of deactivated users are gone", async (homeserver) => {
  const { client: alice } = await crossSigned(homeserver, "alice");
  const bob = await homeserver.register("bob");
  await alice.post("account/deactivate", { auth: auth(alice) });
  const found = await query(bob, alice);
  assert.deepEqual([found.master_keys, found.self_signing_keys], [{}, {}]);
});

it("one request signs a thousand keys at most", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const tooMany = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`K${n}`, {}]));
  assert.equal(await refusal(alice.post("keys/signatures/upload", { [alice.userId]: tooMany })), "413 M_TOO_LARGE");
});
