import assert from "node:assert/strict";
import { path, refusal } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import { createServerForTest } from "../../http/testing.ts";
import { openid } from "./index.ts";
import { tokenLifetimeMs } from "./request-token.endpoint.ts";

type TokenJson = { readonly access_token: string };

const homeserverTest = homeserverTests();
const userinfo = (token: string) => path`/_matrix/federation/v1/openid/userinfo?access_token=${token}`;

homeserverTest("a token says whose it is, to whoever brings it, and opens nothing", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const given = await alice.post<TokenJson>(path`user/${alice.userId}/openid/request_token`);
  const { access_token: token, ...rest } = given;
  assert.deepEqual(rest, { token_type: "Bearer", matrix_server_name: "test", expires_in: 3600 });
  assert.deepEqual(await homeserver.anonymous().get(userinfo(token)), { sub: alice.userId });
  assert.deepEqual(await homeserver.anonymous().get(userinfo(token)), { sub: alice.userId });
  assert.equal(await refusal(homeserver.withToken(token).get("account/whoami")), "401 M_UNKNOWN_TOKEN");
});

homeserverTest("a token that is unknown or absent says nothing", async (homeserver) => {
  const anonymous = homeserver.anonymous();
  for (const token of ["hdlo_nothing", "", "a\u0000b", "x".repeat(5000)])
    assert.equal(await refusal(anonymous.get(userinfo(token))), "401 M_UNKNOWN_TOKEN");
  assert.equal(await refusal(anonymous.get("/_matrix/federation/v1/openid/userinfo")), "401 M_MISSING_TOKEN");
});

homeserverTest("nobody gets a token for somebody else, and guests get none", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const guest = await homeserver.register("guest", { isGuest: true });
  const ask = (who: typeof alice, userId: string) => who.post(path`user/${userId}/openid/request_token`);
  assert.equal(await refusal(ask(alice, bob.userId)), "403 M_FORBIDDEN");
  assert.equal(await refusal(ask(guest, guest.userId)), "403 M_GUEST_ACCESS_FORBIDDEN");
  assert.equal(await refusal(ask(homeserver.anonymous(), bob.userId)), "401 M_MISSING_TOKEN");
});

eachDatabase("tokens expire, go with the account, are bounded, and are stored as hashes", async (database) => {
  const parts = await createUsersForTest(database);
  const { users, clock } = parts;
  await users.accounts.create({ userId: "@alice:test" });
  await using server = createServerForTest(openid({ ...parts, serverName: "test" }).endpoints);
  const headers = { authorization: "Bearer alice" };
  const url = "/_matrix/client/v3/user/@alice:test/openid/request_token";
  const ask = async (): Promise<string> =>
    (await server.inject({ method: "POST", url, headers, payload: {} })).json().access_token;
  const statusOf = async (token: string) => (await server.inject({ url: userinfo(token) })).statusCode;
  const first = await ask();
  clock.advance(tokenLifetimeMs - 1);
  assert.equal(await statusOf(first), 200);
  const second = await ask();
  clock.advance(1);
  assert.deepEqual([await statusOf(first), await statusOf(second)], [401, 200]);
  const rows = await database.all("SELECT * FROM openid_tokens");
  assert.ok(!JSON.stringify(rows).includes(second.slice(5)));
  for (let i = 0; i < 110; i++) await ask();
  const [count] = await database.all("SELECT COUNT(*) AS count FROM openid_tokens");
  assert.equal(count?.["count"], 100);
  await users.accounts.deactivate("@alice:test");
  assert.deepEqual(await database.all("SELECT * FROM openid_tokens"), []);
});
