import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { MatrixError } from "../../http/errors.ts";
import type { Database, Row } from "../../store/sql.ts";
import type { NewSession } from "./session.ts";
import { accessTokenLifetimeMs } from "./sessions.ts";
import { createUsersForTest } from "./testing.ts";

const userId = "@alice:test";

async function withAlice(database: Database) {
  const parts = await createUsersForTest(database);
  assert.equal(await parts.users.accounts.create({ userId, password: "correct horse" }), true);
  return parts;
}

eachDatabase("an access token stands for its user and device, at once when it was used before", async (database) => {
  const { users } = await withAlice(database);
  const { accessToken, deviceId } = await users.sessions.start({ userId });
  const loaded = await users.authenticate(accessToken);
  const flags = { isAdmin: false, isGuest: false, isLocked: false, isSuspended: false };
  assert.deepEqual({ ...loaded, sessionId: "" }, { userId, deviceId, ...flags, sessionId: "" });
  assert.equal(users.authenticate(accessToken), loaded, "is no promise");
});

eachDatabase("tokens have a prefix, and only their hashes are stored", async (database) => {
  const { users } = await withAlice(database);
  const { accessToken, refresh } = await users.sessions.start({ userId, isRefreshable: true });
  assert.match(accessToken, /^hdl_[\w-]{43}$/);
  assert.match(refresh?.token ?? "", /^hdlr_[\w-]{43}$/);
  const rows = await database.all<Row>("SELECT * FROM access_tokens");
  const refreshRows = await database.all<Row>("SELECT * FROM refresh_tokens");
  const stored = JSON.stringify([...rows, ...refreshRows]);
  assert.ok(!stored.includes(accessToken.slice(4)) && !stored.includes(refresh?.token.slice(5) ?? ""), stored);
});

eachDatabase("an unknown token stands for nobody", async (database) => {
  const { users } = await withAlice(database);
  assert.equal(await users.authenticate("hdl_nothing"), undefined);
});

eachDatabase("sessions outlive a restart", async (database) => {
  const { users, openUsers } = await withAlice(database);
  const { accessToken } = await users.sessions.start({ userId });
  assert.equal((await openUsers().authenticate(accessToken))?.userId, userId);
});

eachDatabase("a session that starts on a device ends the one before", async (database) => {
  const { users } = await withAlice(database);
  const first = await users.sessions.start({ userId, deviceId: "PHONE", displayName: "Phone" });
  await users.authenticate(first.accessToken);
  const second = await users.sessions.start({ userId, deviceId: "PHONE", displayName: "Other name" });
  assert.equal(await users.authenticate(first.accessToken), undefined);
  assert.equal((await users.authenticate(second.accessToken))?.deviceId, "PHONE");
  const devices = await users.devices.list(userId);
  assert.deepEqual(
    devices.map(({ deviceId, displayName }) => [deviceId, displayName]),
    [["PHONE", "Phone"]],
  );
});

eachDatabase("deleting a device ends its session at once", async (database) => {
  const { users } = await withAlice(database);
  const { accessToken, deviceId } = await users.sessions.start({ userId });
  const other = await users.sessions.start({ userId });
  await users.authenticate(accessToken);
  await users.devices.delete(userId, [deviceId]);
  assert.equal(await users.authenticate(accessToken), undefined);
  assert.notEqual(await users.authenticate(other.accessToken), undefined);
});

eachDatabase("a session that is read while it ends does not come back to life", async (database) => {
  const { users } = await withAlice(database);
  const { accessToken, deviceId } = await users.sessions.start({ userId });
  const reading = users.authenticate(accessToken);
  await users.devices.delete(userId, [deviceId]);
  await reading;
  assert.equal(await users.authenticate(accessToken), undefined);
});

eachDatabase("a deactivated account starts no session", async (database) => {
  const { users } = await withAlice(database);
  await users.accounts.deactivate(userId);
  await assert.rejects(users.sessions.start({ userId }), errorOf("M_USER_DEACTIVATED"));
  assert.deepEqual(await users.devices.list(userId), []);
});

eachDatabase("an access token that can be refreshed expires, with a soft logout", async (database) => {
  const { users, clock } = await withAlice(database);
  const { accessToken, refresh } = await users.sessions.start({ userId, isRefreshable: true });
  assert.equal(refresh?.expiresInMs, accessTokenLifetimeMs);
  clock.advance(accessTokenLifetimeMs - 1);
  assert.equal((await users.authenticate(accessToken))?.userId, userId);
  clock.advance(1);
  assert.throws(() => users.authenticate(accessToken), isSoftLogout);
});

eachDatabase("a refresh gives new tokens of the same session", async (database) => {
  const { users } = await withAlice(database);
  const first = await users.sessions.start({ userId, isRefreshable: true });
  const sessionId = (await users.authenticate(first.accessToken))?.sessionId;
  const second = await users.sessions.refresh(first.refresh?.token ?? "");
  assert.equal(second?.deviceId, first.deviceId);
  assert.equal((await users.authenticate(second?.accessToken ?? ""))?.sessionId, sessionId);
});

eachDatabase("the used refresh token works until a token of the new pair is seen", async (database) => {
  const { users } = await withAlice(database);
  const first = await users.sessions.start({ userId, isRefreshable: true });
  const used = first.refresh?.token ?? "";
  const lost = await users.sessions.refresh(used);
  const second = await users.sessions.refresh(used);
  assert.equal(await users.authenticate(lost?.accessToken ?? ""), undefined, "the pair that got lost is replaced");
  await users.authenticate(first.accessToken);
  assert.notEqual(await users.authenticate(second?.accessToken ?? ""), undefined);
  assert.equal(await users.authenticate(first.accessToken), undefined);
});

eachDatabase("a refresh token that comes again after its successor ends the session for both", async (database) => {
  const { users, openUsers } = await withAlice(database);
  const first = await users.sessions.start({ userId, isRefreshable: true });
  const other = await users.sessions.start({ userId, isRefreshable: true });
  const second = await users.sessions.refresh(first.refresh?.token ?? "");
  await users.authenticate(second?.accessToken ?? "");
  const third = await users.sessions.refresh(second?.refresh?.token ?? "");
  await users.authenticate(third?.accessToken ?? "");
  const restarted = openUsers();
  await assert.rejects(restarted.sessions.refresh(first.refresh?.token ?? ""), isSoftLogout);
  assert.equal(await restarted.authenticate(third?.accessToken ?? ""), undefined);
  assert.equal(await restarted.sessions.refresh(third?.refresh?.token ?? ""), undefined);
  assert.notEqual(await restarted.authenticate(other.accessToken), undefined, "other sessions go on");
  assert.ok((await restarted.devices.list(userId)).some(({ deviceId }) => deviceId === first.deviceId));
});

eachDatabase("the tokens in memory end with the session, too", async (database) => {
  const { users } = await withAlice(database);
  const first = await users.sessions.start({ userId, isRefreshable: true });
  const second = await users.sessions.refresh(first.refresh?.token ?? "");
  await users.authenticate(second?.accessToken ?? "");
  assert.notEqual(await users.authenticate(second?.accessToken ?? ""), undefined);
  await assert.rejects(users.sessions.refresh(first.refresh?.token ?? ""), isSoftLogout);
  assert.equal(await users.authenticate(second?.accessToken ?? ""), undefined);
});

eachDatabase("used refresh tokens are remembered for some generations, not for ever", async (database) => {
  const { users } = await withAlice(database);
  let session: NewSession | undefined = await users.sessions.start({ userId, isRefreshable: true });
  const used: string[] = [];
  for (let count = 0; count < 25; count++) {
    used.push(session?.refresh?.token ?? "");
    session = await users.sessions.refresh(used.at(-1) ?? "");
    await users.authenticate(session?.accessToken ?? "");
  }
  const kept = await database.all("SELECT token_hash FROM refresh_tokens");
  assert.equal(kept.length, 21);
  assert.equal(await users.sessions.refresh(used[0] ?? ""), undefined);
  assert.notEqual(await users.authenticate(session?.accessToken ?? ""), undefined);
});

eachDatabase("a refresh token of the new pair uses up the old one as well", async (database) => {
  const { users } = await withAlice(database);
  const first = await users.sessions.start({ userId, isRefreshable: true });
  const second = await users.sessions.refresh(first.refresh?.token ?? "");
  const third = await users.sessions.refresh(second?.refresh?.token ?? "");
  assert.notEqual(third, undefined);
  assert.equal((await users.authenticate(third?.accessToken ?? ""))?.userId, userId);
  await assert.rejects(users.sessions.refresh(first.refresh?.token ?? ""), isSoftLogout);
});

eachDatabase("the refresh token of a deleted device is good for nothing", async (database) => {
  const { users } = await withAlice(database);
  const { refresh, deviceId } = await users.sessions.start({ userId, isRefreshable: true });
  await users.devices.delete(userId, [deviceId]);
  assert.equal(await users.sessions.refresh(refresh?.token ?? ""), undefined);
});

const errorOf = (errcode: string) => (error: unknown) => error instanceof MatrixError && error.errcode === errcode;

const isSoftLogout = (error: unknown): boolean =>
  error instanceof MatrixError && error.errcode === "M_UNKNOWN_TOKEN" && error.extra["soft_logout"] === true;
