import assert from "node:assert/strict";
import { test } from "node:test";
import { KnownPaths, pathsOf, toRouterPath } from "./routes.ts";

test("paths of v3 have the name r0 too, those of the media API also v1, aliases included", () => {
  assert.deepEqual(pathsOf({ path: "/_matrix/client/v3/a/{b}", aliases: ["/_matrix/client/v3/a", "/unstable"] }), [
    "/_matrix/client/v3/a/{b}",
    "/_matrix/client/r0/a/{b}",
    "/_matrix/client/v3/a",
    "/_matrix/client/r0/a",
    "/unstable",
  ]);
  assert.deepEqual(pathsOf({ path: "/_matrix/media/v3/x" }), [
    "/_matrix/media/v3/x",
    "/_matrix/media/r0/x",
    "/_matrix/media/v1/x",
  ]);
  assert.deepEqual(pathsOf({ path: "/_matrix/client/v1/x", aliases: ["/_matrix/client/v1/x"] }), [
    "/_matrix/client/v1/x",
  ]);
});

test("parameters are written as the router wants them", () => {
  assert.equal(toRouterPath("/rooms/{roomId}/state/{eventType}"), "/rooms/:roomId/state/:eventType");
});

test("a path is known with all methods of all patterns that fit it", () => {
  const known = new KnownPaths();
  known.add("/a/{x}/c", "GET");
  known.add("/a/b/{y}", "PUT");
  known.add("/a/b", "POST");
  assert.deepEqual([...known.methodsOf("/a/b/c")], ["PUT", "GET"]);
  assert.deepEqual([...known.methodsOf("/a/b")], ["POST"]);
  assert.deepEqual([...known.methodsOf("/a")], []);
  assert.deepEqual([...known.methodsOf("/a/b/c/d")], []);
});

test("a path of thousands of segments is looked up at once", () => {
  const known = new KnownPaths();
  known.add("/{a}/{b}/c", "GET");
  assert.equal(known.methodsOf("/x".repeat(30_000)).size, 0);
});
