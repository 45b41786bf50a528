import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import type { DeviceChange } from "./devices.ts";
import { createUsersForTest } from "./testing.ts";

const userId = "@alice:test";

eachDatabase("listeners learn of devices that come, change their name and go", async (database) => {
  const { users } = await createUsersForTest(database);
  await users.accounts.create({ userId });
  const changes: DeviceChange[] = [];
  users.devices.onChange((_tx, change) => changes.push(change));
  await users.sessions.start({ userId, deviceId: "A" });
  await users.sessions.start({ userId, deviceId: "A" });
  await users.sessions.start({ userId, deviceId: "B" });
  await users.devices.rename(userId, "A", "Phone");
  await users.devices.deleteAll(userId, "B");
  const told = changes.map(({ kind, deviceIds }) => [kind, ...deviceIds]);
  assert.deepEqual(told, [
    ["added", "A"],
    ["added", "B"],
    ["renamed", "A"],
    ["deleted", "A"],
  ]);
});

eachDatabase("a listener's statements are a part of the change", async (database) => {
  const { users } = await createUsersForTest(database);
  await users.accounts.create({ userId });
  await users.sessions.start({ userId, deviceId: "A" });
  users.devices.onChange((tx) => tx.run("INSERT INTO nowhere (x) VALUES (1)", []));
  await assert.rejects(users.devices.delete(userId, ["A"]));
  assert.equal((await users.devices.list(userId)).length, 1);
});

eachDatabase("a device is added without a session", async (database) => {
  const { users, partitions } = await createUsersForTest(database);
  await users.accounts.create({ userId });
  const changes: DeviceChange[] = [];
  users.devices.onChange((_tx, change) => changes.push(change));
  await partitions.of(userId).commit(userId, (tx) => {
    users.devices.addIn(tx, { userId, deviceId: "A", displayName: "Spare" });
  });
  assert.equal((await users.devices.get(userId, "A"))?.displayName, "Spare");
  assert.deepEqual(changes, [{ kind: "added", userId, deviceIds: ["A"] }]);
});

eachDatabase("renaming says whether there is such a device", async (database) => {
  const { users } = await createUsersForTest(database);
  await users.accounts.create({ userId });
  await users.sessions.start({ userId, deviceId: "A" });
  assert.equal(await users.devices.rename(userId, "A", "Phone"), true);
  assert.equal(await users.devices.rename(userId, "B", "Phone"), false);
  assert.equal((await users.devices.get(userId, "A"))?.displayName, "Phone");
});

eachDatabase("when a device was used is known at once and written later", async (database) => {
  const { users, openUsers, clock } = await createUsersForTest(database);
  await users.accounts.create({ userId });
  const { accessToken, deviceId } = await users.sessions.start({ userId });
  await users.authenticate(accessToken, { address: "192.0.2.1", userAgent: "one" });
  clock.advance(1000);
  await users.authenticate(accessToken, { address: "192.0.2.2", userAgent: "two" });
  const seen = { lastSeenAt: clock.now(), lastSeenAddress: "192.0.2.2", lastSeenUserAgent: "two" };
  const expected = { deviceId, displayName: null, ...seen };
  assert.deepEqual({ ...(await users.devices.get(userId, deviceId)) }, expected);
  assert.equal((await openUsers().devices.get(userId, deviceId))?.lastSeenAt, 0);
  await users[Symbol.asyncDispose]();
  assert.deepEqual({ ...(await openUsers().devices.get(userId, deviceId)) }, expected);
});

eachDatabase("a device that is gone is not written again when it was used before", async (database) => {
  const { users } = await createUsersForTest(database);
  await users.accounts.create({ userId });
  const { accessToken, deviceId } = await users.sessions.start({ userId });
  await users.authenticate(accessToken, { address: "192.0.2.1", userAgent: "one" });
  await users.devices.delete(userId, [deviceId]);
  await users.flushLastSeen();
  assert.deepEqual(await users.devices.list(userId), []);
});
