import assert from "node:assert/strict";
import { test } from "node:test";
import { type TProperties, Type } from "typebox";
import { type AnyEndpoint, endpoint, type Method } from "./endpoint.ts";
import { createServerForTest, listenerForTest } from "./testing.ts";

/** Answers with the path parameters it was given. */
function echo(path: string, params: TProperties = {}, method: Method = "GET", aliases: string[] = []): AnyEndpoint {
  return endpoint({
    method,
    path,
    aliases,
    auth: "none",
    limit: "none",
    params: Type.Object(params),
    handle: async ({ params: given }) => given,
  });
}

const state = echo(
  "/_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}",
  { roomId: Type.String(), eventType: Type.String(), stateKey: Type.String() },
  "PUT",
  ["/_matrix/client/v3/rooms/{roomId}/state/{eventType}", "/_matrix/client/v3/rooms/{roomId}/state/{eventType}/"],
);
const profile = echo("/_matrix/client/v3/profile/{userId}", { userId: Type.String() });
const rules = echo("/_matrix/client/v3/pushrules/");
const config = echo("/_matrix/media/v3/config");

test("path parameters are decoded, slashes and percent signs in them included", async () => {
  await using server = createServerForTest([state]);
  const url = `/_matrix/client/v3/rooms/${encodeURIComponent("!a:b")}/state/m.x/${encodeURIComponent("a/b?c#d%2Fe +ü😀")}`;
  const answer = await server.inject({ method: "PUT", url });
  assert.deepEqual(answer.json(), { roomId: "!a:b", eventType: "m.x", stateKey: "a/b?c#d%2Fe +ü😀" });
});

test("characters that need no encoding may stand in a path as they are", async () => {
  await using server = createServerForTest([state]);
  const answer = await server.inject({ method: "PUT", url: "/_matrix/client/v3/rooms/!a:b/state/m.x/@c+d:e" });
  assert.deepEqual(answer.json(), { roomId: "!a:b", eventType: "m.x", stateKey: "@c+d:e" });
});

test("an alias without the last parameter gives the empty string for it", async () => {
  await using server = createServerForTest([state]);
  for (const path of ["v3/rooms/!a:b/state/m.x", "v3/rooms/!a:b/state/m.x/", "r0/rooms/!a:b/state/m.x/"]) {
    const answer = await server.inject({ method: "PUT", url: `/_matrix/client/${path}` });
    assert.deepEqual(answer.json(), { roomId: "!a:b", eventType: "m.x", stateKey: "" }, path);
  }
});

test("a path parameter may be as long as the URL", async () => {
  await using server = createServerForTest([profile]);
  const userId = `@${"ü".repeat(2000)}:test`;
  const answer = await server.inject(`/_matrix/client/v3/profile/${encodeURIComponent(userId)}`);
  assert.deepEqual(answer.json(), { userId });
});

test("a path that is not encoded rightly is M_INVALID_PARAM, with the headers of every answer", async () => {
  await using server = createServerForTest([profile]);
  for (const wrong of ["%zz", "%E0%A4%A", "%FF"]) {
    const answer = await server.inject(`/_matrix/client/v3/profile/${wrong}`);
    assert.equal(answer.statusCode, 400, wrong);
    assert.equal(answer.json().errcode, "M_INVALID_PARAM");
    assert.equal(answer.headers["access-control-allow-origin"], "*");
    assert.match(String(answer.headers["x-request-id"]), /^\w+-\w+$/);
  }
});

test("the older prefixes of the client and media API bring the same endpoints", async () => {
  await using server = createServerForTest([profile, config]);
  const paths = ["client/r0/profile/x", "media/r0/config", "media/v1/config"];
  for (const path of paths) assert.equal((await server.inject(`/_matrix/${path}`)).statusCode, 200, path);
});

test("an unknown path is 404 M_UNRECOGNIZED, whatever body comes with it", async () => {
  await using server = createServerForTest([profile]);
  const answers = [
    await server.inject("/_matrix/client/v3/nothing"),
    await server.inject("/_matrix/client/v3/profile/a/b"),
    await server.inject({ method: "POST", url: "/nothing", payload: "{", headers: { "content-type": "image/png" } }),
    await server.inject({ method: "PUT", url: "/nothing", payload: "x".repeat(2_000_000) }),
  ];
  for (const answer of answers) {
    assert.equal(answer.statusCode, 404);
    assert.equal(answer.json().errcode, "M_UNRECOGNIZED");
    assert.equal(answer.headers["access-control-allow-origin"], "*");
  }
});

test("a trailing slash makes another path", async () => {
  await using server = createServerForTest([rules, profile]);
  assert.equal((await server.inject("/_matrix/client/v3/pushrules/")).statusCode, 200);
  assert.equal((await server.inject("/_matrix/client/v3/pushrules")).json().errcode, "M_UNRECOGNIZED");
});

test("a known path with a wrong method is 405 M_UNRECOGNIZED and says which methods there are", async () => {
  await using server = createServerForTest([
    profile,
    echo("/_matrix/client/v3/profile/{id}", { id: Type.String() }, "PUT"),
  ]);
  const answer = await server.inject({ method: "POST", url: "/_matrix/client/r0/profile/%40a%2Fb?x=y", payload: "{" });
  assert.equal(answer.statusCode, 405);
  assert.equal(answer.json().errcode, "M_UNRECOGNIZED");
  assert.equal(answer.headers["allow"], "GET, HEAD, PUT, OPTIONS");
  for (const method of ["PATCH", "TRACE"] as const) {
    assert.equal((await server.inject({ method, url: "/_matrix/client/v3/profile/x" })).statusCode, 405);
  }
});

test("HEAD is GET without the body", async () => {
  await using server = createServerForTest([profile]);
  const answer = await server.inject({ method: "HEAD", url: "/_matrix/client/v3/profile/x" });
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers["content-length"], '{"userId":"x"}'.length.toString());
  assert.equal(answer.body, "");
});

test("OPTIONS is answered on every path without running the endpoint", async () => {
  let runs = 0;
  const counted = endpoint({
    method: "POST",
    path: "/_matrix/client/v3/counted",
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    handle: async () => ({ runs: ++runs }),
  });
  await using server = createServerForTest([counted]);
  for (const url of ["/_matrix/client/v3/counted", "/unknown", "/_matrix/client/v3/counted?x"]) {
    const headers = { origin: "https://app.test", "access-control-request-method": "POST" };
    const answer = await server.inject({ method: "OPTIONS", url, headers });
    assert.equal(answer.statusCode, 204);
    assert.equal(answer.headers["access-control-allow-methods"], "GET, POST, PUT, DELETE, OPTIONS");
    assert.equal(answer.headers["access-control-allow-headers"], "X-Requested-With, Content-Type, Authorization");
    assert.equal(answer.headers["access-control-allow-origin"], "*");
    assert.equal(answer.headers["access-control-expose-headers"], "X-Request-Id, Retry-After");
  }
  assert.equal(runs, 0);
});

test("a listener serves the surfaces it is configured for and nothing else", async () => {
  const federation: AnyEndpoint = { ...echo("/_matrix/federation/v1/version"), surface: "federation" };
  const listeners = [
    { ...listenerForTest, serve: ["client"] as const },
    { ...listenerForTest, serve: ["federation"] as const },
  ];
  await using server = createServerForTest([profile, federation], { listeners });
  const statuses = await Promise.all(
    [0, 1].flatMap((index) =>
      ["/_matrix/client/v3/profile/x", "/_matrix/federation/v1/version"].map(
        async (url) => (await server.inject(url, index)).statusCode,
      ),
    ),
  );
  assert.deepEqual(statuses, [200, 404, 404, 200]);
});

test("every answer has a request id of its own", async () => {
  await using server = createServerForTest([profile]);
  const ids = await Promise.all([1, 2, 3].map(async () => (await server.inject("/x")).headers["x-request-id"]));
  assert.equal(new Set(ids).size, 3);
});

test("two endpoints with the same path and method are refused at the start", () => {
  assert.throws(() => createServerForTest([profile, profile]), { code: "FST_ERR_DUPLICATED_ROUTE" });
});
