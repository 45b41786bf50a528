import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";
import { createLoginTokens } from "./login-tokens.ts";

recordAnswers();

const getToken = "POST /_matrix/client/v1/login/get_token";
const type = "m.login.token";
const lifetimeMs = 120_000;
const loginTokens = true;
const auth = { type: "m.login.password", password: "correct horse" };

eachDatabase("a client gets a token for another, which it logs in once", async (database) => {
  const { ask, join } = await startAccounts(database, { loginTokens });
  const { token, userId } = await join("alice");
  const challenge = await ask(getToken, { token, body: {} });
  assert.equal(challenge.statusCode, 401);
  const { session } = challenge.json();
  const given = (await ask(getToken, { token, body: { auth: { ...auth, session } } })).json();
  assert.equal(given.expires_in_ms, lifetimeMs);
  const body = { type, token: given.login_token, device_id: "PHONE" };
  const session1 = (await ask("POST login", { body })).json();
  assert.deepEqual([session1.user_id, session1.device_id], [userId, "PHONE"]);
  assert.equal(refusalOf(await ask("POST login", { body })), "403 M_FORBIDDEN");
  // The user is asked again for each token.
  assert.equal((await ask(getToken, { token, body: { auth: { session } } })).statusCode, 401);
});

eachDatabase("the flows and the capability say that there are such tokens", async (database) => {
  const { ask, join } = await startAccounts(database, { loginTokens });
  const { token } = await join("alice");
  const { flows } = (await ask("GET login")).json();
  assert.deepEqual(flows, [{ type: "m.login.password" }, { type, get_login_token: true }]);
  const { capabilities } = (await ask("GET capabilities", { token })).json();
  assert.deepEqual(capabilities["m.get_login_token"], { enabled: true });
});

eachDatabase("nobody gets a token where the operator does not want it", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token } = await join("alice");
  assert.equal(refusalOf(await ask(getToken, { token, body: { auth } })), "404 M_UNRECOGNIZED");
});

eachDatabase("unknown, missing and expired tokens are refused", async (database) => {
  const { ask, join, loginTokens: tokens, clock } = await startAccounts(database);
  const { userId } = await join("alice");
  const token = await tokens.create(userId, lifetimeMs);
  clock.advance(lifetimeMs);
  const refusal = async (body: object) => refusalOf(await ask("POST login", { body: { type, ...body } }));
  assert.equal(await refusal({ token }), "403 M_FORBIDDEN");
  assert.equal(await refusal({ token: "hdll_\u0000" }), "403 M_FORBIDDEN");
  assert.equal(await refusal({}), "400 M_MISSING_PARAM");
  assert.equal(await refusal({ token: 1 }), "400 M_BAD_JSON");
});

eachDatabase("a token survives a restart, and is never stored as it is", async (database) => {
  const { join, loginTokens: tokens, ...parts } = await startAccounts(database);
  const { userId } = await join("alice");
  const token = await tokens.create(userId, lifetimeMs);
  assert.ok(!JSON.stringify(await database.all("SELECT * FROM login_tokens")).includes(token));
  assert.equal(await createLoginTokens({ ...parts, users: parts.openUsers() }).redeem(token), userId);
});

eachDatabase("of many uses of a token at once one logs in", async (database) => {
  const { join, loginTokens: tokens } = await startAccounts(database);
  const { userId } = await join("alice");
  const token = await tokens.create(userId, lifetimeMs);
  const used = await Promise.all(Array.from({ length: 8 }, async () => await tokens.redeem(token)));
  assert.deepEqual(
    used.filter((user) => user !== undefined),
    [userId],
  );
});

eachDatabase("a user has so many tokens at most, those made last", async (database) => {
  const { join, loginTokens: tokens, clock } = await startAccounts(database);
  const { userId } = await join("alice");
  const made: string[] = [];
  for (let i = 0; i < 11; i++) {
    clock.advance(1);
    made.push(await tokens.create(userId, lifetimeMs));
  }
  assert.equal(await tokens.redeem(made[0] ?? ""), undefined);
  assert.equal(await tokens.redeem(made[1] ?? ""), userId);
});

eachDatabase("a deactivated account's tokens are gone", async (database) => {
  const { ask, join, users, loginTokens: tokens } = await startAccounts(database);
  const { userId } = await join("alice");
  const [before, after] = [
    await tokens.create(userId, lifetimeMs),
    async () => await tokens.create(userId, lifetimeMs),
  ];
  await users.accounts.deactivate(userId);
  assert.equal(refusalOf(await ask("POST login", { body: { type, token: before } })), "403 M_FORBIDDEN");
  const late = await after();
  assert.equal(refusalOf(await ask("POST login", { body: { type, token: late } })), "403 M_USER_DEACTIVATED");
});
