import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { type AnyEndpoint, type Auth, endpoint } from "./endpoint.ts";
import { unknownToken } from "./errors.ts";
import { createServerForTest } from "./testing.ts";

function withAuth(auth: Auth): AnyEndpoint {
  return endpoint({
    method: "GET",
    path: `/${auth}`,
    auth,
    limit: "none",
    params: Type.Object({}),
    handle: async ({ requester }) => ({ user: requester?.userId ?? "nobody" }),
  });
}

const endpoints = (["none", "optional", "user", "user-or-guest"] as const).map(withAuth);

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("the token of the header says who asks", async () => {
  await using server = createServerForTest(endpoints);
  for (const authorization of ["Bearer alice", "bearer alice", "BEARER  alice "]) {
    const answer = await server.inject({ url: "/user", headers: { authorization } });
    assert.deepEqual(answer.json(), { user: "@alice:test" }, authorization);
  }
});

test("the token of the query string says who asks, when the header does not", async () => {
  await using server = createServerForTest(endpoints);
  assert.deepEqual((await server.inject("/user?x=1&access_token=alice")).json(), { user: "@alice:test" });
  const both = await server.inject({ url: "/user?access_token=alice", headers: bearer("admin") });
  assert.deepEqual(both.json(), { user: "@admin:test" });
});

test("a request without a token is 401 M_MISSING_TOKEN where one is needed", async () => {
  await using server = createServerForTest(endpoints);
  const requests = [
    {},
    { headers: { authorization: "" } },
    { headers: { authorization: "Bearer " } },
    { headers: { authorization: "Basic YTpi" } },
    { query: { access_token: "" } },
  ];
  for (const request of requests) {
    const answer = await server.inject({ url: "/user", ...request });
    assert.equal(answer.statusCode, 401);
    assert.equal(answer.json().errcode, "M_MISSING_TOKEN");
    assert.equal(answer.headers["access-control-allow-origin"], "*");
  }
});

test("an unknown token is 401 M_UNKNOWN_TOKEN, also where a token may be left out", async () => {
  await using server = createServerForTest(endpoints);
  for (const url of ["/user", "/optional", "/user-or-guest"]) {
    const answer = await server.inject({ url, headers: bearer("mallory") });
    assert.equal(answer.statusCode, 401);
    assert.deepEqual(answer.json(), { errcode: "M_UNKNOWN_TOKEN", error: "The access token is not known" });
  }
});

test("who may come without a token is nobody, or who their token says", async () => {
  await using server = createServerForTest(endpoints);
  assert.deepEqual((await server.inject("/optional")).json(), { user: "nobody" });
  assert.deepEqual((await server.inject({ url: "/optional", headers: bearer("alice") })).json(), {
    user: "@alice:test",
  });
});

test("an endpoint for everybody does not look at tokens", async () => {
  await using server = createServerForTest(endpoints);
  assert.deepEqual((await server.inject({ url: "/none", headers: bearer("mallory") })).json(), { user: "nobody" });
});

test("guests are refused with M_GUEST_ACCESS_FORBIDDEN where only users are let in", async () => {
  await using server = createServerForTest(endpoints);
  const refused = await server.inject({ url: "/user", headers: bearer("guest") });
  assert.equal(refused.statusCode, 403);
  assert.equal(refused.json().errcode, "M_GUEST_ACCESS_FORBIDDEN");
  const admitted = await server.inject({ url: "/user-or-guest", headers: bearer("guest") });
  assert.deepEqual(admitted.json(), { user: "@guest:test" });
});

async function authenticateLater(token: string) {
  await Promise.resolve();
  if (token === "old") throw unknownToken(true);
  return token === "alice"
    ? { userId: "@alice:test", deviceId: "A", isGuest: false, isAdmin: false, isLocked: false, isSuspended: false }
    : undefined;
}

test("a token may be looked up later, and its error is the answer", async () => {
  await using server = createServerForTest(endpoints, { authenticate: authenticateLater });
  assert.deepEqual((await server.inject({ url: "/user", headers: bearer("alice") })).json(), { user: "@alice:test" });
  const unknown = await server.inject({ url: "/user", headers: bearer("mallory") });
  assert.equal(unknown.json().errcode, "M_UNKNOWN_TOKEN");
  const old = await server.inject({ url: "/user", headers: bearer("old") });
  assert.equal(old.json().soft_logout, true);
});
