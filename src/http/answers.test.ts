import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { Type } from "typebox";
import { systemClock } from "../clock.ts";
import { DatabaseUnavailable } from "../store/sql.ts";
import { type AnyEndpoint, Answer, endpoint, JsonText } from "./endpoint.ts";
import { incompatibleRoomVersion, limitExceeded, unavailable } from "./errors.ts";
import { createLimiter } from "./rate-limits.ts";
import { createServerForTest } from "./testing.ts";

function answering(handle: () => Promise<object>): AnyEndpoint {
  return endpoint({ method: "GET", path: "/a", auth: "none", limit: "none", params: Type.Object({}), handle });
}

async function get(handle: () => Promise<object>) {
  await using server = createServerForTest([answering(handle)]);
  const answer = await server.inject("/a");
  assert.equal(answer.headers["access-control-allow-origin"], "*");
  return { answer, log: server.log.lines.join("\n") };
}

test("an object is answered as JSON, with all of its members and numbers", async () => {
  const value = { a: [1.25, "ü", null, { __proto__: null, b: true }] };
  const { answer } = await get(async () => value);
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers["content-type"], "application/json");
  assert.equal(answer.body, '{"a":[1.25,"ü",null,{"b":true}]}');
});

test("text that is JSON already is answered as it is", async () => {
  const { answer } = await get(async () => new JsonText('{"a": 1.0}'));
  assert.equal(answer.body, '{"a": 1.0}');
  assert.equal(answer.headers["content-type"], "application/json");
});

test("an answer brings its own status and headers", async () => {
  const { answer } = await get(async () => new Answer(302, "", { location: "https://x.test/" }));
  assert.equal(answer.statusCode, 302);
  assert.equal(answer.headers["location"], "https://x.test/");
  const { answer: uia } = await get(async () => new Answer(401, { flows: [] }, { "x-a": "b" }));
  assert.deepEqual([uia.statusCode, uia.json(), uia.headers["x-a"]], [401, { flows: [] }, "b"]);
});

test("bytes and streams are answered as they are", async () => {
  const headers = { "content-type": "image/png" };
  const { answer: bytes } = await get(async () => new Answer(200, Buffer.from([0, 255, 1]), headers));
  assert.deepEqual([...bytes.rawPayload], [0, 255, 1]);
  assert.equal(bytes.headers["content-type"], "image/png");
  const { answer: stream } = await get(
    async () => new Answer(200, Readable.from([Buffer.from("ab"), Buffer.from("c")])),
  );
  assert.equal(stream.body, "abc");
});

test("a MatrixError is answered with its status, errcode and members", async () => {
  const { answer } = await get(() => Promise.reject(incompatibleRoomVersion("9")));
  assert.equal(answer.statusCode, 400);
  assert.deepEqual(answer.json(), {
    errcode: "M_INCOMPATIBLE_ROOM_VERSION",
    error: "The room has version 9",
    room_version: "9",
  });
  assert.equal(answer.headers["content-type"], "application/json");
});

test("who asks too often is told when to come back, in both ways", async () => {
  const { answer } = await get(() => Promise.reject(limitExceeded(1500.2)));
  assert.equal(answer.statusCode, 429);
  assert.equal(answer.json().errcode, "M_LIMIT_EXCEEDED");
  assert.equal(answer.json().retry_after_ms, 1501);
  assert.equal(answer.headers["retry-after"], "2");
});

test("a database that cannot answer is 503 with Retry-After, and its message is not told", async () => {
  const { answer, log } = await get(() => Promise.reject(new DatabaseUnavailable("disk full at /secret")));
  assert.equal(answer.statusCode, 503);
  assert.equal(answer.json().errcode, "M_UNKNOWN");
  assert.equal(answer.headers["retry-after"], "5");
  assert.doesNotMatch(answer.body, /secret/);
  assert.match(log, /"level":"warn".*secret/);
});

test("an endpoint may say itself that it is unavailable", async () => {
  const { answer } = await get(() => Promise.reject(unavailable("No")));
  assert.deepEqual([answer.statusCode, answer.headers["retry-after"]], [503, "5"]);
});

test("a bug is 500 with a request id, and its stack is in the log only", async () => {
  const broken: readonly (() => Promise<object>)[] = [
    () => Promise.reject(new TypeError("secret")),
    () => {
      throw new TypeError("secret");
    },
    async () => ({ amount: 5n, toJSON: () => assert.fail("secret") }),
  ];
  for (const handle of broken) {
    const { answer, log } = await get(handle);
    const requestId = answer.headers["x-request-id"];
    assert.equal(answer.statusCode, 500);
    assert.deepEqual(answer.json(), { errcode: "M_UNKNOWN", error: "Internal server error", request_id: requestId });
    const line = JSON.parse(log.split("\n").find((each) => each.includes('"level":"error"')) ?? "{}");
    assert.equal(line.requestId, requestId);
    assert.match(line.err.stack, /secret[^]*answers\.test\.ts/);
  }
});

test("a header that HTTP cannot carry is a bug like all others, and the server lives on", async () => {
  const { answer, log } = await get(async () => new Answer(302, "", { location: "https://x.test/\nü" }));
  assert.equal(answer.statusCode, 500);
  assert.match(log, /ERR_INVALID_CHAR/);
});

async function* brokenPieces() {
  yield Buffer.from("abc");
  throw new Error("disk gone");
}

test("a stream that fails ends the connection, so that nobody takes the part for the whole", async () => {
  const file = answering(async () => new Answer(200, Readable.from(brokenPieces())));
  await using server = createServerForTest([file]);
  const [bound] = await server.listen();
  const answer = await fetch(`${bound?.url}/a`);
  await assert.rejects(answer.text());
  assert.match(server.log.lines.join("\n"), /"level":"warn".*disk gone/);
});

const unreadable = () => new Readable({ read: () => undefined }).destroy(new Error("gone"));

test("the headers of an answer that could not be given do not describe the error", async () => {
  const headers = { "content-length": "1000", "cache-control": "public, max-age=86400", etag: "x" };
  const { answer } = await get(async () => new Answer(200, unreadable(), headers));
  assert.equal(answer.statusCode, 500);
  assert.equal(answer.headers["content-length"], String(answer.rawPayload.length));
  assert.deepEqual([answer.headers["cache-control"], answer.headers["etag"]], [undefined, undefined]);
});

const upload = endpoint({
  method: "POST",
  path: "/upload",
  auth: "user",
  limit: "none",
  params: Type.Object({}),
  rawBody: true,
  async handle({ stream, headers, url }) {
    let bytes = 0;
    for await (const chunk of stream) bytes += Buffer.from(chunk).length;
    return { bytes, type: headers["content-type"], url };
  },
});

test("an endpoint that reads its body itself gets it unread, of any size and type", async () => {
  await using server = createServerForTest([upload]);
  const [bound] = await server.listen();
  const request = { method: "POST", body: Buffer.alloc(5_000_000) };
  const headers = { authorization: "Bearer alice", "content-type": "image/x; a=b" };
  const answer = await fetch(`${bound?.url}/upload?filename=%C3%BC`, { ...request, headers });
  assert.deepEqual(await answer.json(), { bytes: 5_000_000, type: "image/x; a=b", url: "/upload?filename=%C3%BC" });
  const refused = await fetch(`${bound?.url}/upload`, request);
  assert.partialDeepStrictEqual(await refused.json(), { errcode: "M_MISSING_TOKEN" });
});

const shown = endpoint({
  method: "POST",
  path: "/page",
  auth: "none",
  limit: "login",
  params: Type.Object({}),
  isForm: true,
  body: Type.Object({ name: Type.String() }),
  bodyLimitBytes: 100,
  showError: ({ status, errcode }) => new Answer(status, `<h1>${errcode}</h1>`, { "content-type": "text/html" }),
  handle: async () => await Promise.reject(new TypeError("a bug")),
});

test("an endpoint that people see shows them every error, also one that comes before it", async () => {
  const limiter = createLimiter({ login: { perSecond: 0.001, burst: 3 } }, systemClock);
  await using server = createServerForTest([shown], { limiter });
  const send = async (payload: string) => await server.inject({ method: "POST", url: "/page", payload });
  const answers = [await send(""), await send("name=a"), await send("a".repeat(1000)), await send("name=a")];
  assert.deepEqual(
    answers.map(({ statusCode, body }) => [statusCode, body]),
    [
      [400, "<h1>M_MISSING_PARAM</h1>"],
      [500, "<h1>M_UNKNOWN</h1>"],
      [413, "<h1>M_TOO_LARGE</h1>"],
      [429, "<h1>M_LIMIT_EXCEEDED</h1>"],
    ],
  );
  assert.ok(answers.every(({ headers }) => headers["content-type"] === "text/html"));
  assert.equal(typeof answers[3]?.headers["retry-after"], "string");
});
