import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { createLogger, loggableUrl } from "./logging.ts";
import { createServerForTest, LogLines } from "./testing.ts";

test("a line for machines is one JSON object with time, level and fields", () => {
  const to = new LogLines();
  createLogger({ level: "info", format: "json" }, to).child({ module: "rooms" }).info({ count: 2 }, "ready");
  const { time, ...line } = JSON.parse(to.lines[0] ?? "");
  assert.deepEqual(line, { level: "info", module: "rooms", count: 2, msg: "ready" });
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
});

test("a line for people has time, level, module, message and fields, and the stack below", () => {
  const to = new LogLines();
  const logger = createLogger({ level: "info", format: "text" }, to).child({ module: "rooms" });
  logger.warn({ count: 2, path: "/x", list: [1] }, "late");
  logger.error({ err: new TypeError("broken") }, "failed");
  logger.debug("unseen");
  assert.match(to.lines[0] ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z WARN  rooms: late count=2 path=\/x list=\[1\]$/);
  assert.match(to.lines[1] ?? "", /^\S+ ERROR rooms: failed$/);
  assert.equal(to.lines[2], "    TypeError: broken");
  assert.match(to.lines[3] ?? "", /^ {8}at .*logging\.test\.ts/);
  assert.ok(!to.lines.some((line) => line.includes("unseen")));
});

test("a line break in a field does not make a line of its own", () => {
  const to = new LogLines();
  createLogger({ level: "info", format: "text" }, to).info({ name: "a\n2026-01-01 ERROR forged" }, "b\r\nc");
  assert.equal(to.lines.length, 1);
});

test("a URL is logged without the values of its query parameters, but for harmless ones", () => {
  assert.equal(loggableUrl("/a/b"), "/a/b");
  assert.equal(
    loggableUrl("/sync?access_token=secret&timeout=5&filter=%7B%7D&Access_Token=x&client_secret=y&since=s1"),
    "/sync?access_token=…&timeout=5&filter=…&Access_Token=…&client_secret=…&since=s1",
  );
});

test("neither tokens nor bodies reach the log, whatever happens", async () => {
  const broken = endpoint({
    method: "POST",
    path: "/broken",
    auth: "optional",
    limit: "none",
    params: Type.Object({}),
    body: Type.Object({ password: Type.Optional(Type.String()) }),
    handle: () => Promise.reject(new Error("broken")),
  });
  await using server = createServerForTest([broken]);
  const headers = { authorization: "Bearer alice-t0ken", cookie: "s3cret" };
  await server.inject({ method: "POST", url: "/broken?access_token=t0ken", payload: '{"password":"s3cret"}' });
  await server.inject({ method: "POST", url: "/broken", headers, payload: '{"password":"s3cret"}' });
  await server.inject({
    method: "POST",
    url: "/broken",
    headers: { authorization: "Bearer alice" },
    payload: '{"password":"s3cret"}',
  });
  await server.inject({ method: "POST", url: "/broken", payload: '{"password":"s3cret"' });
  const text = server.log.lines.join("\n");
  assert.doesNotMatch(text, /t0ken|s3cret|Bearer/);
  const requests = server.log.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");
  assert.deepEqual(
    requests.map(({ method, url, status }) => [method, url, status]),
    [
      ["POST", "/broken?access_token=…", 401],
      ["POST", "/broken", 401],
      ["POST", "/broken", 500],
      ["POST", "/broken", 400],
    ],
  );
});
