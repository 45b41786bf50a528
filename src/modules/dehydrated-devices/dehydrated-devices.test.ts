import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { deviceKeysOf, newKey, oneTimeKeys, query } from "../device-keys/testing.ts";

const it = homeserverTests();

const AT = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";
const device_data = { algorithm: "org.matrix.msc3814.v2", device_pickle: "x" };

/** What makes a dehydrated device. */
function bodyOf({ userId }: TestClient, deviceId: string) {
  const device_keys = { ...deviceKeysOf({ userId, deviceId }, newKey(deviceId)), dehydrated: true };
  return { device_id: deviceId, device_data, device_keys, one_time_keys: oneTimeKeys(2) };
}

async function dehydrate(client: TestClient, deviceId: string): Promise<JsonObject> {
  const body = bodyOf(client, deviceId);
  assert.deepEqual(await client.put(AT, { ...body, initial_device_display_name: "Spare" }), { device_id: deviceId });
  return body.device_keys;
}

type Events = { readonly events: readonly { readonly content: { readonly n: number } }[]; readonly next_batch: string };

const eventsOf = async (client: TestClient, deviceId: string, next_batch?: string): Promise<Events> =>
  await client.post<Events>(`${AT}${path`/${deviceId}/events`}`, next_batch === undefined ? {} : { next_batch });

const idsOf = async (client: TestClient): Promise<unknown> =>
  (await client.get<{ devices: { device_id: string }[] }>("devices")).devices
    .map(({ device_id }) => device_id)
    .toSorted();

async function start(homeserver: TestHomeserver) {
  return { alice: await homeserver.register("alice"), bob: await homeserver.register("bob") };
}

it("a dehydrated device is kept for the user, and seen by others with its keys", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  assert.equal(await refusal(alice.get(AT)), "404 M_NOT_FOUND");
  const room = await alice.createRoom({ preset: "public_chat" });
  await bob.join(room);
  const { next_batch: since } = await bob.sync();
  const keys = await dehydrate(alice, "SPARE");
  assert.deepEqual(await alice.get(AT), { device_id: "SPARE", device_data });
  assert.equal(await refusal(bob.get(AT)), "404 M_NOT_FOUND");
  assert.deepEqual((await bob.sync({ since })).device_lists?.changed, [alice.userId]);
  const expected = { SPARE: { ...keys, unsigned: { device_display_name: "Spare" } } };
  assert.deepEqual((await query(bob, alice)).device_keys[alice.userId], expected);
  const one_time_keys = { [alice.userId]: { SPARE: "signed_curve25519" } };
  const claimed = await bob.post<{ one_time_keys: JsonObject }>("keys/claim", { one_time_keys });
  assert.ok(Object(claimed.one_time_keys[alice.userId]).SPARE);
  assert.deepEqual(await idsOf(alice), ["SPARE", alice.deviceId].toSorted());
});

it("another one takes its place, also of two at once", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  await dehydrate(alice, "FIRST");
  await dehydrate(alice, "SECOND");
  assert.deepEqual(await idsOf(alice), ["SECOND", alice.deviceId].toSorted());
  await Promise.all(["THIRD", "FOURTH"].map(async (deviceId) => await dehydrate(alice, deviceId)));
  const { device_id } = await alice.get<{ device_id: string }>(AT);
  assert.deepEqual(await idsOf(alice), [device_id, alice.deviceId].toSorted());
  assert.deepEqual(Object.keys((await query(bob, alice)).device_keys[alice.userId] ?? {}), [device_id]);
});

it("the same one again changes nothing, also what was claimed of it; another one of its ID is refused", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const body = bodyOf(alice, "SPARE");
  await alice.put(AT, body);
  const claim = async (): Promise<unknown> =>
    (
      await bob.post<{ one_time_keys: JsonObject }>("keys/claim", {
        one_time_keys: { [alice.userId]: { SPARE: "signed_curve25519" } },
      })
    ).one_time_keys[alice.userId];
  const claimed = await claim();
  assert.deepEqual(await alice.put(AT, body), { device_id: "SPARE" });
  assert.notDeepEqual(await claim(), claimed);
  assert.equal(await claim(), undefined);
  const other = { ...body, device_data: { ...device_data, device_pickle: "y" } };
  assert.equal(await refusal(alice.put(AT, other)), "400 M_INVALID_PARAM");
  assert.deepEqual(await alice.get(AT), { device_id: "SPARE", device_data });
});

it("its messages are read page by page, again and again", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  await dehydrate(alice, "SPARE");
  for (let n = 0; n < 101; n++)
    await bob.put(`sendToDevice/org.x/${n}`, { messages: { [alice.userId]: { SPARE: { n } } } });
  await homeserver.restart();
  const first = await eventsOf(alice, "SPARE");
  const second = await eventsOf(alice, "SPARE", first.next_batch);
  const told = [...first.events, ...second.events].map(({ content }) => content.n);
  assert.deepEqual(
    told,
    Array.from({ length: 101 }, (_, n) => n),
  );
  assert.deepEqual([first.events.length, second.events.length], [100, 1]);
  assert.deepEqual(await eventsOf(alice, "SPARE", second.next_batch), { events: [], next_batch: second.next_batch });
  assert.deepEqual(await eventsOf(alice, "SPARE"), first);
});

it("messages of other devices are not to be had, nor by tokens of others", async (homeserver) => {
  const { alice } = await start(homeserver);
  assert.equal(await refusal(eventsOf(alice, "SPARE")), "404 M_NOT_FOUND");
  await dehydrate(alice, "SPARE");
  assert.equal(await refusal(eventsOf(alice, alice.deviceId)), "403 M_FORBIDDEN");
  assert.equal(await refusal(eventsOf(alice, "SPARE", "s1_1")), "400 M_INVALID_PARAM");
});

it("it is deleted by request, and as other devices are", async (homeserver) => {
  const { alice } = await start(homeserver);
  assert.equal(await refusal(alice.delete(AT)), "404 M_NOT_FOUND");
  await dehydrate(alice, "SPARE");
  assert.deepEqual(await alice.delete(AT), { device_id: "SPARE" });
  assert.deepEqual(await idsOf(alice), [alice.deviceId]);
  await dehydrate(alice, "SPARE");
  const auth = {
    type: "m.login.password",
    identifier: { type: "m.id.user", user: alice.userId },
    password: "correct horse",
  };
  await alice.post("delete_devices", { devices: ["SPARE"], auth });
  assert.equal(await refusal(alice.get(AT)), "404 M_NOT_FOUND");
});

it("a device without keys, with those of another one, or of the ID of one that is there is refused", async (homeserver) => {
  const { alice } = await start(homeserver);
  const body = bodyOf(alice, "SPARE");
  const put = async (over: object): Promise<string> => await refusal(alice.put(AT, { ...body, ...over }));
  assert.equal(await put({ device_keys: undefined }), "400 M_MISSING_PARAM");
  assert.equal(await put({ device_keys: {} }), "400 M_BAD_JSON");
  assert.equal(await put({ device_data: {} }), "400 M_MISSING_PARAM");
  assert.equal(await put({ device_data: { ...device_data, x: "x".repeat(262_144) } }), "413 M_TOO_LARGE");
  assert.equal(await put({ device_id: "OTHER" }), "400 M_INVALID_PARAM");
  assert.equal(await put(bodyOf(alice, alice.deviceId)), "400 M_INVALID_PARAM");
  assert.deepEqual(await idsOf(alice), [alice.deviceId]);
});
