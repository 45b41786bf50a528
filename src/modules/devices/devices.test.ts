import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";

recordAnswers();

const auth = (session?: string) => ({
  type: "m.login.password",
  identifier: { type: "m.id.user", user: "alice" },
  password: "correct horse",
  ...(session !== undefined && { session }),
});

eachDatabase("devices are listed, looked at and named", async (database) => {
  const { ask, join, clock, users } = await startAccounts(database);
  const { token, userId, deviceId } = await join("alice");
  await users.sessions.start({ userId, deviceId: "~NEW" });
  const seen = { device_id: deviceId, last_seen_ip: "127.0.0.1", last_seen_ts: clock.now() };
  const expected = { devices: [seen, { device_id: "~NEW" }] };
  assert.deepEqual((await ask("GET devices", { token })).json(), expected);
  const path = `devices/${deviceId}`;
  assert.deepEqual((await ask(`PUT ${path}`, { token, body: { display_name: "Phone" } })).json(), {});
  assert.deepEqual((await ask(`PUT ${path}`, { token, body: {} })).json(), {});
  assert.deepEqual((await ask(`GET ${path}`, { token })).json(), { ...seen, display_name: "Phone" });
});

eachDatabase("devices of others and unknown ones are not found", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token } = await join("alice");
  const { deviceId } = await join("bob");
  assert.equal(refusalOf(await ask(`GET devices/${deviceId}`, { token })), "404 M_NOT_FOUND");
  assert.equal(refusalOf(await ask("GET devices/a%00b", { token })), "400 M_INVALID_PARAM");
  assert.equal(refusalOf(await ask("PUT devices/NONE", { token, body: {} })), "404 M_NOT_FOUND");
});

eachDatabase("deleting a device needs the password, in two requests or one", async (database) => {
  const { ask, join, users } = await startAccounts(database);
  const { token, userId } = await join("alice");
  for (const deviceId of ["A", "B"]) await users.sessions.start({ userId, deviceId });
  const challenge = await ask("DELETE devices/A", { token, body: {} });
  assert.equal(challenge.statusCode, 401);
  assert.deepEqual(challenge.json().flows, [{ stages: ["m.login.password"] }]);
  const { session } = challenge.json();
  assert.deepEqual((await ask("DELETE devices/A", { token, body: { auth: auth(session) } })).json(), {});
  assert.deepEqual((await ask("DELETE devices/B", { token, body: { auth: auth() } })).json(), {});
  assert.equal((await users.devices.list(userId)).length, 1);
});

eachDatabase("a wrong password deletes nothing and keeps the session", async (database) => {
  const { ask, join, users } = await startAccounts(database);
  const { token, userId } = await join("alice");
  await users.sessions.start({ userId, deviceId: "A" });
  const wrong = await ask("DELETE devices/A", { token, body: { auth: { ...auth(), password: "wrong horse" } } });
  assert.equal(refusalOf(wrong), "401 M_FORBIDDEN");
  assert.notEqual(await users.devices.get(userId, "A"), undefined);
  const { session } = wrong.json();
  assert.deepEqual((await ask("DELETE devices/A", { token, body: { auth: auth(session) } })).json(), {});
});

eachDatabase("a session for one device deletes no other", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token } = await join("alice");
  const { session } = (await ask("DELETE devices/A", { token, body: {} })).json();
  assert.equal(refusalOf(await ask("DELETE devices/B", { token, body: { auth: auth(session) } })), "403 M_FORBIDDEN");
});

eachDatabase("the password of somebody else does not count", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token } = await join("bob");
  await join("alice");
  assert.equal(refusalOf(await ask("DELETE devices/A", { token, body: { auth: auth() } })), "403 M_FORBIDDEN");
});

eachDatabase("several devices are deleted at once, unknown ones passed over", async (database) => {
  const { ask, join, users } = await startAccounts(database);
  const { token, userId, deviceId } = await join("alice");
  for (const id of ["A", "B", "C"]) await users.sessions.start({ userId, deviceId: id });
  const body = { auth: auth(), devices: ["A", "B", "B", "NONE"] };
  assert.deepEqual((await ask("POST delete_devices", { token, body })).json(), {});
  const left = (await users.devices.list(userId)).map((device) => device.deviceId);
  assert.deepEqual(left.toSorted(), ["C", deviceId].toSorted());
});
