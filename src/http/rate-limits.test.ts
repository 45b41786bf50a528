import assert from "node:assert/strict";
import { test } from "node:test";
import { array, double, assert as assertProperty, integer, property, record } from "fast-check";
import { Type } from "typebox";
import { limitKeyOf } from "./address.ts";
import { type AnyEndpoint, endpoint, type LimitClass } from "./endpoint.ts";
import { createLimiter } from "./rate-limits.ts";
import { createServerForTest, listenerForTest } from "./testing.ts";

class FakeClock {
  ms = 1_000_000;
  now(): number {
    return this.ms;
  }
}

test("a full bucket lets its burst through, then one request for each refilling", () => {
  const clock = new FakeClock();
  const limiter = createLimiter({ message: { perSecond: 2, burst: 3 } }, clock);
  const take = () => limiter.take("message", "@a:b");
  assert.deepEqual([take(), take(), take(), take(), take()], [0, 0, 0, 500, 500]);
  clock.ms += 499;
  assert.equal(take(), 1);
  clock.ms += 1;
  assert.deepEqual([take(), take()], [0, 500]);
  clock.ms += 60_000;
  assert.deepEqual([take(), take(), take(), take()], [0, 0, 0, 500]);
});

test("keys and classes have buckets of their own", () => {
  const limiter = createLimiter(
    { message: { perSecond: 1, burst: 1 }, join: { perSecond: 1, burst: 1 } },
    new FakeClock(),
  );
  assert.equal(limiter.take("message", "a"), 0);
  assert.equal(limiter.take("message", "b"), 0);
  assert.equal(limiter.take("join", "a"), 0);
  assert.ok(limiter.take("message", "a") > 0);
});

test("what is off or has no class is never limited", () => {
  const clock = new FakeClock();
  const settings = ["off", { login: undefined }] as const;
  for (const setting of settings) {
    const limiter = createLimiter(setting, clock);
    for (let count = 0; count < 1000; count++) assert.equal(limiter.take("login", "a") + limiter.take("none", "a"), 0);
  }
});

test("a bucket that is not named keeps its default", () => {
  const limiter = createLimiter({ message: undefined }, new FakeClock());
  for (let count = 0; count < 10; count++) assert.equal(limiter.take("login", "a"), 0);
  assert.equal(limiter.take("login", "a"), 5000);
});

test("a clock that is set back locks nobody out for longer than an empty bucket does", () => {
  const clock = new FakeClock();
  const limiter = createLimiter({ message: { perSecond: 1, burst: 2 } }, clock);
  limiter.take("message", "a");
  limiter.take("message", "a");
  clock.ms -= 500_000;
  assert.equal(limiter.take("message", "a"), 1000);
});

test("in no stretch of time more than burst + rate × time gets through, and who waits as told gets through", () => {
  const steps = array(integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 });
  const buckets = record({
    perSecond: double({ min: 0.05, max: 50, noNaN: true }),
    burst: integer({ min: 1, max: 20 }),
  });
  assertProperty(
    property(steps, buckets, (waits, bucket) => {
      const clock = new FakeClock();
      const limiter = createLimiter({ message: bucket }, clock);
      const passedAt: number[] = [];
      for (const wait of waits) {
        clock.ms += wait;
        const toldMs = limiter.take("message", "a");
        if (toldMs === 0) passedAt.push(clock.ms);
        else {
          clock.ms += toldMs;
          assert.equal(limiter.take("message", "a"), 0, "waited as told");
          passedAt.push(clock.ms);
        }
      }
      passedAt.forEach((from, first) => {
        passedAt.slice(first).forEach((until, more) => {
          const allowed = bucket.burst + (bucket.perSecond * (until - from)) / 1000;
          assert.ok(more + 1 <= allowed + 1e-3, `${more + 1} passed where ${allowed} may`);
        });
      });
    }),
    { numRuns: 100, seed: 42 },
  );
});

function limited(limit: LimitClass): AnyEndpoint {
  return endpoint({
    method: "POST",
    path: `/${limit}`,
    auth: "optional",
    limit,
    params: Type.Object({}),
    body: Type.Object({ must: Type.String() }),
    handle: async () => ({}),
  });
}

const onceEach = { message: { perSecond: 0.1, burst: 1 }, login: { perSecond: 0.1, burst: 1 } };

function limitedServer() {
  return createServerForTest([limited("message"), limited("login")], {
    limiter: createLimiter(onceEach, new FakeClock()),
    listeners: [{ ...listenerForTest, trustedProxies: ["127.0.0.1", "10.0.0.0/8"] }],
  });
}

function request(path: string, token: string, address: string) {
  const headers = { authorization: `Bearer ${token}`, "x-forwarded-for": address };
  return { method: "POST", url: path, headers, payload: "{" } as const;
}

test("an account is limited wherever it comes from, before its body is looked at", async () => {
  await using server = limitedServer();
  assert.equal((await server.inject(request("/message", "alice", "1.1.1.1"))).json().errcode, "M_NOT_JSON");
  const refused = await server.inject(request("/message", "alice", "2.2.2.2"));
  assert.equal(refused.statusCode, 429);
  assert.equal(refused.json().errcode, "M_LIMIT_EXCEEDED");
  assert.equal(refused.json().retry_after_ms, 10_000);
  assert.equal(refused.headers["retry-after"], "10");
  assert.equal((await server.inject(request("/message", "admin", "1.1.1.1"))).statusCode, 400);
});

test("logging in is limited by address, whoever asks", async () => {
  await using server = limitedServer();
  assert.equal((await server.inject(request("/login", "alice", "1.1.1.1"))).statusCode, 400);
  assert.equal((await server.inject(request("/login", "admin", "1.1.1.1"))).statusCode, 429);
  assert.equal((await server.inject(request("/login", "alice", "2.2.2.2, 10.1.1.1"))).statusCode, 400);
  assert.equal((await server.inject(request("/login", "alice", "1.1.1.1, 2.2.2.2, 10.1.1.1"))).statusCode, 429);
});

test("X-Forwarded-For of who is no trusted proxy is not believed", async () => {
  await using server = createServerForTest([limited("login")], { limiter: createLimiter(onceEach, new FakeClock()) });
  assert.equal((await server.inject(request("/login", "alice", "1.1.1.1"))).statusCode, 400);
  assert.equal((await server.inject(request("/login", "alice", "2.2.2.2"))).statusCode, 429);
});

test("IPv6 addresses of one /64 network are limited together", () => {
  assert.equal(limitKeyOf("1.2.3.4"), "1.2.3.4");
  assert.equal(limitKeyOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(limitKeyOf("2001:db8:1:2::6"), limitKeyOf("2001:db8:1:2:ffff::"));
  assert.equal(limitKeyOf("2001:db8::6"), "2001:db8:0:0::/64");
  assert.equal(limitKeyOf("::1"), "0:0:0:0::/64");
  assert.equal(limitKeyOf("fe80::1%eth0"), "fe80:0:0:0::/64");
});
