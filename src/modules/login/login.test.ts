import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";
import { accessTokenLifetimeMs } from "../../engine/users/sessions.ts";

recordAnswers();

const type = "m.login.password";
const password = "correct horse";
const alice = { type, password, identifier: { type: "m.id.user", user: "alice" } };

eachDatabase("the flows are told", async (database) => {
  const { ask } = await startAccounts(database);
  assert.deepEqual((await ask("GET login")).json(), { flows: [{ type }] });
});

eachDatabase("a user may be named in several ways", async (database) => {
  const { ask, join } = await startAccounts(database);
  await join("alice");
  const names = [
    { identifier: { type: "m.id.user", user: "alice" } },
    { identifier: { type: "m.id.user", user: "@alice:test" } },
    { identifier: { type: "m.id.user", user: "Alice" } },
    { identifier: { type: "m.id.user", user: "@ALICE:test" } },
    { user: "alice" },
    { user: "@alice:test" },
  ];
  for (const name of names) {
    const answer = await ask("POST login", { body: { type, password, ...name } });
    assert.equal(answer.json().user_id, "@alice:test", JSON.stringify(name));
  }
});

eachDatabase("wrong passwords and unknown users are refused in the same words", async (database) => {
  const { ask, join } = await startAccounts(database);
  await join("alice");
  const wrong = await ask("POST login", { body: { ...alice, password: "wrong horse" } });
  const users = ["bob", "@alice:elsewhere", "@alice", "@", "a\u0000b", "a:b"];
  assert.equal(refusalOf(wrong), "403 M_FORBIDDEN");
  for (const user of users) {
    const unknown = await ask("POST login", { body: { ...alice, identifier: { type: "m.id.user", user } } });
    assert.deepEqual(unknown.json(), wrong.json(), user);
  }
  const byMail = { type: "m.id.thirdparty", medium: "email", address: "alice@example.org" };
  assert.deepEqual((await ask("POST login", { body: { ...alice, identifier: byMail } })).json(), wrong.json());
});

eachDatabase("a password with a NUL in it is one like any other", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token } = await join("alice");
  const auth = { type, password };
  const strange = "correct\u0000donkey";
  const login = async (given: string) => await ask("POST login", { body: { ...alice, password: given } });
  assert.equal(refusalOf(await login(strange)), "403 M_FORBIDDEN");
  assert.equal((await ask("POST account/password", { token, body: { auth, new_password: strange } })).statusCode, 200);
  assert.equal((await login(strange)).statusCode, 200);
  assert.equal(refusalOf(await login("correct")), "403 M_FORBIDDEN");
});

eachDatabase("what is unknown or missing is told apart", async (database) => {
  const { ask } = await startAccounts(database);
  const refusal = async (body: object) => refusalOf(await ask("POST login", { body }));
  assert.equal(await refusal({ ...alice, type: "m.login.magic" }), "400 M_UNKNOWN");
  assert.equal(await refusal({ ...alice, identifier: { type: "m.id.magic" } }), "400 M_UNKNOWN");
  assert.equal(await refusal({ type, identifier: alice.identifier }), "400 M_MISSING_PARAM");
  assert.equal(await refusal({ type, password }), "400 M_MISSING_PARAM");
  assert.equal(await refusal({ password }), "400 M_MISSING_PARAM");
  assert.equal(await refusal({ ...alice, password: 12345678 }), "400 M_BAD_JSON");
});

eachDatabase("a deactivated user is told so", async (database) => {
  const { ask, join, users } = await startAccounts(database);
  await join("alice");
  await users.accounts.deactivate("@alice:test");
  assert.equal(refusalOf(await ask("POST login", { body: alice })), "403 M_USER_DEACTIVATED");
});

eachDatabase("logging in as a known device ends the session that it had", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, deviceId } = await join("alice");
  const answer = await ask("POST login", { body: { ...alice, device_id: deviceId } });
  assert.equal(answer.json().device_id, deviceId);
  assert.equal(refusalOf(await ask("GET account/whoami", { token })), "401 M_UNKNOWN_TOKEN");
});

eachDatabase("a new device gets the name that comes with the login", async (database) => {
  const { ask, join } = await startAccounts(database);
  await join("alice");
  const body = { ...alice, device_id: "PHONE", initial_device_display_name: "My phone" };
  const { access_token: token } = (await ask("POST login", { body })).json();
  assert.equal((await ask("GET devices/PHONE", { token })).json().display_name, "My phone");
});

eachDatabase("the answer tells where clients reach the server", async (database) => {
  const { ask, join } = await startAccounts(database, { publicBaseUrl: "https://matrix.test" });
  await join("alice");
  const { well_known: wellKnown } = (await ask("POST login", { body: alice })).json();
  assert.deepEqual(wellKnown, { "m.homeserver": { base_url: "https://matrix.test" } });
});

eachDatabase("guessing is limited by account, whatever the address", async (database) => {
  const { ask, join } = await startAccounts(database, { rateLimits: { login: { perSecond: 0.001, burst: 2 } } });
  await join("alice");
  const body = { ...alice, password: "wrong horse" };
  assert.equal(refusalOf(await ask("POST login", { body })), "403 M_FORBIDDEN");
  assert.equal(refusalOf(await ask("POST login", { body })), "403 M_FORBIDDEN");
  assert.equal(refusalOf(await ask("POST login", { body })), "429 M_LIMIT_EXCEEDED");
});

eachDatabase("logging out ends one session, logging out everywhere all", async (database) => {
  const { ask, join, users } = await startAccounts(database);
  const first = await join("alice");
  const [second, third] = [await users.sessions.start(first), await users.sessions.start({ userId: first.userId })];
  assert.equal(
    refusalOf(await ask("POST logout", { token: first.token })),
    "401 M_UNKNOWN_TOKEN",
    "its device is reused",
  );
  assert.deepEqual((await ask("POST logout", { token: second.accessToken })).json(), {});
  assert.equal(refusalOf(await ask("GET account/whoami", { token: second.accessToken })), "401 M_UNKNOWN_TOKEN");
  assert.deepEqual((await ask("POST logout/all", { token: third.accessToken })).json(), {});
  assert.equal(refusalOf(await ask("GET account/whoami", { token: third.accessToken })), "401 M_UNKNOWN_TOKEN");
});

eachDatabase("a session with refresh tokens is refreshed when its access token has expired", async (database) => {
  const { ask, join, clock } = await startAccounts(database);
  await join("alice");
  const first = (await ask("POST login", { body: { ...alice, refresh_token: true } })).json();
  assert.equal(first.expires_in_ms, accessTokenLifetimeMs);
  clock.advance(accessTokenLifetimeMs);
  const expired = await ask("GET account/whoami", { token: first.access_token });
  assert.deepEqual([refusalOf(expired), expired.json().soft_logout], ["401 M_UNKNOWN_TOKEN", true]);
  const second = (await ask("POST refresh", { body: { refresh_token: first.refresh_token } })).json();
  assert.equal((await ask("GET account/whoami", { token: second.access_token })).json().device_id, first.device_id);
  const again = await ask("POST refresh", { body: { refresh_token: first.refresh_token } });
  assert.deepEqual([refusalOf(again), again.json().soft_logout], ["401 M_UNKNOWN_TOKEN", true]);
  assert.equal(refusalOf(await ask("GET account/whoami", { token: second.access_token })), "401 M_UNKNOWN_TOKEN");
});
