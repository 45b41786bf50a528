import assert from "node:assert/strict";
import { refusal } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { oneTimeKeys, query, uploadDeviceKeys } from "../device-keys/testing.ts";

const it = homeserverTests();

it("a deleted device leaves nothing that a device of the same ID would find", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const bob = await homeserver.register("bob");
  const lost = await homeserver.otherDeviceOf(alice);
  const { userId, deviceId } = lost;
  await uploadDeviceKeys(lost);
  await lost.post("keys/upload", { one_time_keys: oneTimeKeys(2), fallback_keys: oneTimeKeys(1, "b") });
  await bob.put("sendToDevice/a.b/1", { messages: { [userId]: { [deviceId]: {} } } });

  const auth = { type: "m.login.password", identifier: { type: "m.id.user", user: userId }, password: "correct horse" };
  await alice.request("DELETE", `devices/${deviceId}`, { auth });

  assert.equal(await refusal(lost.get("account/whoami")), "401 M_UNKNOWN_TOKEN");
  const found = await homeserver.sameDeviceOf(lost);
  assert.deepEqual((await query(bob, alice)).device_keys, { [userId]: {} });
  for (const algorithm of ["signed_curve25519", "b"]) {
    const claimed = await bob.post("keys/claim", { one_time_keys: { [userId]: { [deviceId]: algorithm } } });
    assert.deepEqual(claimed["one_time_keys"], {}, algorithm);
  }
  const answer = await found.sync();
  assert.deepEqual(answer.to_device?.events ?? [], []);
  assert.equal(Object(answer).device_one_time_keys_count.signed_curve25519, 0);
  assert.deepEqual(Object(answer).device_unused_fallback_key_types, []);
});
