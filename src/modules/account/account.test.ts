import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";

recordAnswers();

const auth = { type: "m.login.password", user: "alice", password: "correct horse" };

eachDatabase("a token is told whose it is", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId, deviceId } = await join("alice");
  const expected = { user_id: userId, device_id: deviceId, is_guest: false };
  assert.deepEqual((await ask("GET account/whoami", { token })).json(), expected);
  assert.equal(refusalOf(await ask("GET account/whoami")), "401 M_MISSING_TOKEN");
});

eachDatabase("a new password logs out the other devices, unless it must not", async (database) => {
  const { ask, join, users } = await startAccounts(database);
  const { token, userId } = await join("alice");
  const other = await users.sessions.start({ userId });
  const body = { auth, new_password: "battery staple", logout_devices: false };
  assert.deepEqual((await ask("POST account/password", { token, body })).json(), {});
  assert.equal((await ask("GET account/whoami", { token: other.accessToken })).statusCode, 200);
  const next = { auth: { ...auth, password: "battery staple" }, new_password: "correct horse" };
  assert.deepEqual((await ask("POST account/password", { token, body: next })).json(), {});
  assert.equal(refusalOf(await ask("GET account/whoami", { token: other.accessToken })), "401 M_UNKNOWN_TOKEN");
  assert.equal((await ask("GET account/whoami", { token })).statusCode, 200);
});

eachDatabase("a session for one new password is not good for another", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token } = await join("alice");
  const challenge = await ask("POST account/password", { token, body: { new_password: "battery staple" } });
  const { session } = challenge.json();
  const body = { auth: { ...auth, session }, new_password: "something else" };
  assert.equal(refusalOf(await ask("POST account/password", { token, body })), "403 M_FORBIDDEN");
});

eachDatabase("a weak password is refused before anything is asked", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token } = await join("alice");
  const answer = await ask("POST account/password", { token, body: { new_password: "short" } });
  assert.equal(refusalOf(answer), "400 M_WEAK_PASSWORD");
});

eachDatabase("a deactivated account has left its rooms and cannot log in", async (database) => {
  const { ask, join, left } = await startAccounts(database);
  const { token, userId } = await join("alice");
  assert.equal((await ask("POST account/deactivate", { token, body: {} })).statusCode, 401);
  const answer = await ask("POST account/deactivate", { token, body: { auth } });
  assert.deepEqual(answer.json(), { id_server_unbind_result: "success" });
  assert.deepEqual(left, [userId]);
  assert.equal(refusalOf(await ask("GET account/whoami", { token })), "401 M_UNKNOWN_TOKEN");
  const login = { type: "m.login.password", user: "alice", password: "correct horse" };
  assert.equal(refusalOf(await ask("POST login", { body: login })), "403 M_USER_DEACTIVATED");
});

eachDatabase("profile and account data go with the account", async (database) => {
  const { ask, join, data, profiles } = await startAccounts(database);
  const { token, userId } = await join("alice");
  await data.set({ userId, type: "org.x", content: {} });
  await profiles.set(userId, "displayname", "Alice");
  await ask("POST account/deactivate", { token, body: { auth } });
  assert.deepEqual(await data.all(userId), []);
  assert.deepEqual(await profiles.get(userId), {});
});

eachDatabase("the password is not guessed here either, whatever the address", async (database) => {
  const { ask, join, limiter } = await startAccounts(database, {
    rateLimits: { login: { perSecond: 0.001, burst: 2 } },
  });
  const { token, userId } = await join("alice");
  limiter.require("login", userId);
  limiter.require("login", userId);
  assert.equal(refusalOf(await ask("POST account/deactivate", { token, body: { auth } })), "429 M_LIMIT_EXCEEDED");
});
