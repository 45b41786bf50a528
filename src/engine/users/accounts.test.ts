import assert from "node:assert/strict";
import { hashSync } from "bcryptjs";
import { eachDatabase } from "../../../test/support/databases.ts";
import type { Row } from "../../store/sql.ts";
import { Accounts } from "./accounts.ts";
import { Devices } from "./devices.ts";
import { LastSeen } from "./last-seen.ts";
import { platformArgon2id } from "./passwords/argon2id.ts";
import { createPasswords } from "./passwords/passwords.ts";
import { SessionCache } from "./session-cache.ts";
import { cheapPasswords, createUsersForTest } from "./testing.ts";

const userId = "@alice:test";

eachDatabase("of several accounts made at once for one name, one is made", async (database) => {
  const { users } = await createUsersForTest(database);
  const attempts = ["password one", "password two", "password three"];
  const made = await Promise.all(attempts.map((password) => users.accounts.create({ userId, password })));
  assert.equal(made.filter(Boolean).length, 1);
  const winner = attempts[made.indexOf(true)] ?? "";
  assert.equal((await users.accounts.checkPassword(userId, winner))?.userId, userId);
});

eachDatabase("a password opens its own account alone", async (database) => {
  const { users } = await createUsersForTest(database);
  await users.accounts.create({ userId, password: "correct horse" });
  await users.accounts.create({ userId: "@guest:test", isGuest: true });
  assert.equal((await users.accounts.checkPassword(userId, "correct horse"))?.userId, userId);
  assert.equal(await users.accounts.checkPassword(userId, "wrong horse"), undefined);
  assert.equal(await users.accounts.checkPassword("@bob:test", "correct horse"), undefined);
  assert.equal(await users.accounts.checkPassword("@guest:test", ""), undefined);
});

eachDatabase("a guest becomes a user once, and goes on with the session", async (database) => {
  const { users } = await createUsersForTest(database);
  await users.accounts.create({ userId, isGuest: true });
  const { accessToken } = await users.sessions.start({ userId });
  assert.equal((await users.authenticate(accessToken))?.isGuest, true);
  assert.equal(await users.accounts.upgradeGuest(userId, "correct horse"), true);
  assert.equal((await users.authenticate(accessToken))?.isGuest, false);
  assert.equal(await users.accounts.upgradeGuest(userId, "another horse"), false);
  assert.equal((await users.accounts.checkPassword(userId, "correct horse"))?.isGuest, false);
  await users.accounts.create({ userId: "@gone:test", isGuest: true });
  await users.accounts.deactivate("@gone:test");
  assert.equal(await users.accounts.upgradeGuest("@gone:test", "correct horse"), false);
});

eachDatabase("an imported bcrypt hash is replaced when its password is given", async (database) => {
  const { users } = await createUsersForTest(database);
  await users.accounts.create({ userId });
  const imported = hashSync("correct horse", 4);
  const results = await database.commit([[{ text: "UPDATE users SET password_hash = $1", params: [imported] }]]);
  assert.equal(results[0]?.ok, true);
  assert.equal(await users.accounts.checkPassword(userId, "wrong horse"), undefined);
  assert.equal((await users.accounts.checkPassword(userId, "correct horse"))?.userId, userId);
  const [row] = await database.all<Row>("SELECT password_hash FROM users");
  assert.match(String(row?.["password_hash"]), /^\$argon2id\$/);
  assert.equal((await users.accounts.checkPassword(userId, "correct horse"))?.userId, userId);
});

eachDatabase("a new password can keep one device logged in, or all", async (database) => {
  const { users } = await createUsersForTest(database);
  await users.accounts.create({ userId, password: "correct horse" });
  const kept = await users.sessions.start({ userId });
  const other = await users.sessions.start({ userId });
  await users.accounts.setPassword(userId, "battery staple", "none");
  assert.equal((await users.devices.list(userId)).length, 2);
  await users.accounts.setPassword(userId, "another staple", { keep: kept.deviceId });
  assert.equal(await users.authenticate(other.accessToken), undefined);
  assert.notEqual(await users.authenticate(kept.accessToken), undefined);
  assert.equal(await users.accounts.checkPassword(userId, "correct horse"), undefined);
  assert.notEqual(await users.accounts.checkPassword(userId, "another staple"), undefined);
});

eachDatabase("a deactivated account has no password and no session, and keeps its name", async (database) => {
  const { users } = await createUsersForTest(database);
  const ended: string[] = [];
  users.accounts.onDeactivation((_tx, endedId) => ended.push(endedId));
  await users.accounts.create({ userId, password: "correct horse", isAdmin: true });
  const { accessToken } = await users.sessions.start({ userId });
  await users.accounts.deactivate(userId);
  assert.equal(await users.authenticate(accessToken), undefined);
  assert.equal(await users.accounts.checkPassword(userId, "correct horse"), undefined);
  assert.equal(await users.accounts.create({ userId, password: "battery staple" }), false);
  const account = await users.accounts.get(userId);
  assert.deepEqual([account?.isDeactivated, account?.isAdmin], [true, false]);
  assert.deepEqual(ended, [userId]);
});

eachDatabase("who follows new accounts writes with them", async (database) => {
  const { users } = await createUsersForTest(database);
  users.accounts.onCreation((tx, created) => {
    tx.run("UPDATE users SET is_admin = 1 WHERE user_id = $1 AND deactivated = 0", [created]);
  });
  await users.accounts.create({ userId });
  assert.equal((await users.accounts.get(userId))?.isAdmin, true);
});

eachDatabase("who becomes an administrator is one in the sessions in use", async (database) => {
  const { users } = await createUsersForTest(database);
  await users.accounts.create({ userId, password: "correct horse" });
  const { accessToken } = await users.sessions.start({ userId });
  assert.equal((await users.authenticate(accessToken))?.isAdmin, false);
  await users.accounts.setAdmin(userId, true);
  assert.equal((await users.authenticate(accessToken))?.isAdmin, true);
});

eachDatabase("accounts are listed page by page", async (database) => {
  const { users } = await createUsersForTest(database);
  for (const name of ["carol", "alice", "bob"]) await users.accounts.create({ userId: `@${name}:test` });
  const first = await users.accounts.list("", 2);
  assert.deepEqual(
    first.map((account) => account.userId),
    ["@alice:test", "@bob:test"],
  );
  const second = await users.accounts.list("@bob:test", 2);
  assert.deepEqual(
    second.map((account) => account.userId),
    ["@carol:test"],
  );
});

eachDatabase("what is recorded with a new account is recorded with it or not at all", async (database) => {
  const { users } = await createUsersForTest(database);
  const failing = users.accounts.create({ userId: "@alice:test", password: "a" }, () => {
    throw new Error("cannot be added");
  });
  await assert.rejects(failing, /cannot be added/);
  assert.equal(await users.accounts.get("@alice:test"), undefined);
  const hashes: string[] = [];
  const create = async () =>
    await users.accounts.create({ userId: "@alice:test", password: "a" }, (_tx, made) =>
      hashes.push(made.passwordHash),
    );
  assert.deepEqual([await create(), await create()], [true, false]);
  const found = await database.get<{ hash: string }>("SELECT password_hash AS hash FROM users");
  // The hash of the account that was made, not of the one that came too late.
  assert.deepEqual([found?.hash === hashes[0], found?.hash === hashes[1]], [true, false]);
});

eachDatabase("a password is hashed once to be checked, whether there is such an account or not", async (database) => {
  const { users, ...needs } = await createUsersForTest(database);
  for (const name of ["alice", "gone"])
    await users.accounts.create({ userId: `@${name}:test`, password: "right horse" });
  await users.accounts.create({ userId: "@sso:test" });
  await users.accounts.deactivate("@gone:test");
  const costs: object[] = [];
  const passwords = createPasswords(cheapPasswords, async (password, salt, cost) => {
    costs.push(cost);
    return await platformArgon2id(password, salt, cost);
  });
  const cache = new SessionCache();
  const devices = new Devices(needs, { cache, lastSeen: new LastSeen(needs) });
  const accounts = new Accounts(needs, { cache, devices, passwords });
  const tried = ["@alice:test", "@gone:test", "@sso:test", "@nobody:test", ""];
  for (const each of tried) assert.equal(await accounts.checkPassword(each, "wrong horse"), undefined, each);
  assert.equal(costs.length, tried.length);
  for (const cost of costs) assert.deepEqual(cost, costs[0]);
});
