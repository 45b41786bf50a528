import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { macOf } from "./mac.ts";

const path = "/_synapse/admin/v1/register";
const sharedSecret = "the shared secret";

type Asking = Awaited<ReturnType<typeof startAccounts>>["ask"];

/** A body with the right MAC, then changed. */
async function signedBody(
  ask: Asking,
  wish: { username: string; admin?: boolean },
  change: object = {},
): Promise<object> {
  const { nonce } = (await ask(`GET ${path}`)).json();
  const password = "correct horse";
  const input = { nonce, username: wish.username, password, isAdmin: wish.admin ?? false, userType: undefined };
  return { nonce, password, ...wish, mac: macOf(sharedSecret, input), ...change };
}

test("the MAC is HMAC-SHA1 over the fields, parted by NUL", () => {
  const input = {
    nonce: "thisisanonce",
    username: "pepper_roni",
    password: "pizza",
    isAdmin: true,
    userType: undefined,
  };
  // Computed with: printf 'thisisanonce\0pepper_roni\0pizza\0admin' | openssl dgst -sha1 -hmac shared_secret
  assert.equal(macOf("shared_secret", input), "48715842ad67d5dc9a9ee938a3bda4fcfae8d7c7");
});

eachDatabase("who knows the secret makes accounts, in every mode", async (database) => {
  const { ask, users } = await startAccounts(database, { sharedSecret, mode: "closed" });
  const answer = await ask(`POST ${path}`, { body: await signedBody(ask, { username: "alice" }) });
  const { user_id: userId, access_token: token } = answer.json();
  assert.equal(userId, "@alice:test");
  assert.equal((await ask("GET account/whoami", { token })).json().user_id, userId);
  assert.equal((await users.accounts.get(userId))?.isAdmin, false);
  const admin = await ask(`POST ${path}`, { body: await signedBody(ask, { username: "Root", admin: true }) });
  assert.equal((await users.accounts.get(admin.json().user_id))?.isAdmin, true);
});

eachDatabase("a MAC of other data makes no account", async (database) => {
  const { ask } = await startAccounts(database, { sharedSecret });
  for (const change of [{ admin: true }, { username: "bob" }, { mac: "00" }, { user_type: "bot" }]) {
    const body = await signedBody(ask, { username: "alice" }, change);
    assert.equal(refusalOf(await ask(`POST ${path}`, { body })), "403 M_FORBIDDEN", JSON.stringify(change));
  }
});

eachDatabase("a nonce is good once, and for a minute", async (database) => {
  const { ask, clock } = await startAccounts(database, { sharedSecret });
  const body = await signedBody(ask, { username: "alice" });
  assert.equal((await ask(`POST ${path}`, { body })).statusCode, 200);
  assert.equal(refusalOf(await ask(`POST ${path}`, { body })), "400 M_UNKNOWN");
  const late = await signedBody(ask, { username: "bob" });
  clock.advance(60_000);
  assert.equal(refusalOf(await ask(`POST ${path}`, { body: late })), "400 M_UNKNOWN");
});

eachDatabase("names are judged as everywhere", async (database) => {
  const { ask, join } = await startAccounts(database, { sharedSecret });
  await join("alice");
  const taken = await ask(`POST ${path}`, { body: await signedBody(ask, { username: "alice" }) });
  assert.equal(refusalOf(taken), "400 M_USER_IN_USE");
  const invalid = await ask(`POST ${path}`, { body: await signedBody(ask, { username: "a!b" }) });
  assert.equal(refusalOf(invalid), "400 M_INVALID_USERNAME");
});

eachDatabase("without a secret in the configuration everybody is refused", async (database) => {
  const { ask } = await startAccounts(database);
  assert.equal(refusalOf(await ask(`GET ${path}`)), "400 M_UNKNOWN");
  const body = { nonce: "x", username: "alice", password: "correct horse", mac: "x" };
  assert.equal(refusalOf(await ask(`POST ${path}`, { body })), "400 M_UNKNOWN");
});
