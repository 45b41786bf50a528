import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { healthEndpoint } from "./health.ts";
import { createMetrics, metricsEndpoint } from "./metrics.ts";
import { createServerForTest } from "./testing.ts";

const room = endpoint({
  method: "GET",
  path: "/_matrix/client/v3/rooms/{roomId}/x",
  auth: "user",
  limit: "none",
  params: Type.Object({ roomId: Type.String() }),
  handle: async () => ({}),
});

test("requests are counted by method, path of the specification and class of status", async () => {
  const metrics = createMetrics();
  await using server = createServerForTest([room, metricsEndpoint(metrics)], { metrics: metrics.http });
  const headers = { authorization: "Bearer alice" };
  await server.inject({ url: "/_matrix/client/v3/rooms/!a/x", headers });
  await server.inject({ url: "/_matrix/client/r0/rooms/!b/x", headers });
  await server.inject("/_matrix/client/v3/rooms/!a/x");
  await server.inject("/_matrix/nothing/!a");
  const answer = await server.inject("/metrics");
  assert.match(String(answer.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  const count = (method: string, route: string, status: string) =>
    new RegExp(
      `_count\\{method="${method}",route="${route.replaceAll(/[{}]/g, "\\$&")}",status="${status}"\\} (\\d+)`,
    ).exec(answer.body)?.[1];
  assert.equal(count("GET", room.path, "2xx"), "2");
  assert.equal(count("GET", room.path, "4xx"), "1");
  assert.equal(count("GET", "unknown", "4xx"), "1");
  assert.doesNotMatch(answer.body, /!a/);
});

test("the metrics of the process are there: CPU, memory, event-loop delay, requests under way", async () => {
  const metrics = createMetrics();
  await using server = createServerForTest([metricsEndpoint(metrics)], { metrics: metrics.http });
  const { body } = await server.inject("/metrics");
  for (const name of [
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "nodejs_eventloop_lag_p99_seconds",
  ]) {
    assert.match(body, new RegExp(`^${name} `, "m"));
  }
  assert.match(body, /^heddle_http_in_flight_requests 1$/m);
});

test("health is 200 OK when the check says yes, 503 when it says no or fails", async () => {
  const checks: readonly (() => Promise<boolean>)[] = [
    async () => true,
    async () => false,
    () => Promise.reject(new Error("gone")),
  ];
  const seen: unknown[] = [];
  for (const check of checks) {
    await using server = createServerForTest([healthEndpoint({ check })]);
    const { statusCode, body } = await server.inject("/health");
    seen.push([statusCode, body]);
  }
  assert.deepEqual(seen, [
    [200, "OK"],
    [503, "Unavailable"],
    [503, "Unavailable"],
  ]);
});
