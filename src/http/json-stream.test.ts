import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import { test } from "node:test";
import { Type } from "typebox";
import { type AnyEndpoint, endpoint } from "./endpoint.ts";
import { forbidden } from "./errors.ts";
import { commaSeparated, jsonStream } from "./json-stream.ts";
import { createServerForTest } from "./testing.ts";

const LARGE = 100_000;

function answering(pieces: () => AsyncGenerator<string, void>): AnyEndpoint {
  const handle = async () => await jsonStream(pieces());
  return endpoint({ method: "GET", path: "/a", auth: "none", limit: "none", params: Type.Object({}), handle });
}

test("a small answer is sent whole, with its length", async () => {
  await using server = createServerForTest([
    answering(async function* () {
      yield '{"a":';
      yield "1}";
    }),
  ]);
  const answer = await server.inject("/a");
  assert.deepEqual([answer.body, answer.headers["content-length"]], ['{"a":1}', "7"]);
  assert.equal(answer.headers["content-type"], "application/json");
});

test("a large answer is sent in pieces, and is the same JSON", async () => {
  const text = "ü".repeat(LARGE);
  await using server = createServerForTest([
    answering(async function* () {
      yield "[";
      for (let count = 0; count < 3; count++) yield `"${text}",`;
      yield "1]";
    }),
  ]);
  const answer = await server.inject("/a");
  assert.equal(answer.headers["content-length"], undefined);
  assert.equal(answer.headers["content-type"], "application/json");
  assert.deepEqual(answer.json(), [text, text, text, 1]);
});

test("what fails before the answer begins is an error like any other", async () => {
  await using server = createServerForTest([
    answering(async function* () {
      yield "[";
      throw forbidden("no");
    }),
  ]);
  const answer = await server.inject("/a");
  assert.deepEqual([answer.statusCode, answer.json().errcode], [403, "M_FORBIDDEN"]);
});

test("what fails later ends the connection before the answer is whole", async () => {
  await using server = createServerForTest([
    answering(async function* () {
      yield `["${"a".repeat(LARGE)}"`;
      throw new Error("broken");
    }),
  ]);
  await assert.rejects(server.inject("/a"));
  assert.match(server.log.lines.join("\n"), /An answer broke off/);
});

test("nothing more is made than the client takes, and nothing when it has gone", async () => {
  let made = 0;
  const ended = Promise.withResolvers<void>();
  await using server = createServerForTest([
    answering(async function* () {
      try {
        for (; made < 10_000; made++) yield "a".repeat(LARGE);
      } finally {
        ended.resolve();
      }
    }),
  ]);
  const [bound] = await server.listen();
  const request = get(`${bound?.url}/a`);
  request.on("error", () => undefined);
  const [response] = await once(request, "response");
  response.pause();
  request.destroy();
  await ended.promise;
  assert.ok(made < 1_000, `${made} pieces were made for a client that read none`);
});

async function* pages() {
  yield [];
  yield ["1", "2"];
  yield [];
  yield ["3"];
}

test("pages are joined by commas, empty ones leave none", async () => {
  assert.equal((await Array.fromAsync(commaSeparated(pages()))).join(""), "1,2,3");
});
