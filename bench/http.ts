/**
 * What one request costs in CPU: routing, token, rate limit, JSON, schemas and answer, with endpoints that do nothing.
 * Prints microseconds of CPU of this process for a request, server only: the load comes from a child process. First
 * comes a bare `node:http` server that does nothing at all: what is above it is ours.
 *
 *     node bench/http.ts [SECONDS]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import { pino } from "pino";
import { Type } from "typebox";
import { systemClock } from "../src/clock.ts";
import { endpoint } from "../src/http/endpoint.ts";
import { createMetrics } from "../src/http/metrics.ts";
import { createLimiter } from "../src/http/rate-limits.ts";
import { createHttpServer } from "../src/http/server.ts";

const CONNECTIONS = 16;
const WARM_UP_SECONDS = 2;

const send = endpoint({
  method: "PUT",
  path: "/_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}",
  auth: "user",
  limit: "message",
  params: Type.Object({ roomId: Type.String(), eventType: Type.String(), txnId: Type.String() }),
  query: Type.Object({ ts: Type.Optional(Type.Integer()) }),
  body: Type.Object({ msgtype: Type.Optional(Type.String()), body: Type.Optional(Type.String()) }),
  handle: async ({ params }) => ({ event_id: `$${params.txnId}` }),
});

const whoami = endpoint({
  method: "GET",
  path: "/_matrix/client/v3/account/whoami",
  auth: "user-or-guest",
  limit: "none",
  params: Type.Object({}),
  handle: async ({ requester }) => ({ user_id: requester.userId }),
});

interface Load {
  readonly url: string;
  readonly method: "GET" | "PUT";
  readonly body?: string;
}

async function serve(seconds: number): Promise<void> {
  const alice = {
    userId: "@alice:test",
    deviceId: "A",
    isGuest: false,
    isAdmin: false,
    isLocked: false,
    isSuspended: false,
  };
  const tokens = new Map([["token", alice]]);
  await using server = createHttpServer({
    listeners: [{ host: "127.0.0.1", port: 0, serve: ["client"], trustedProxies: [] }],
    endpoints: [send, whoami],
    authenticate: (token) => tokens.get(token),
    limiter: createLimiter({ message: { perSecond: 1e9, burst: 1e9 } }, systemClock),
    logger: pino({ level: "info" }),
    metrics: createMetrics().http,
  });
  const [bound] = await server.listen();
  const start = `${bound?.url}/_matrix/client/v3`;
  const body = JSON.stringify({ msgtype: "m.text", body: "x".repeat(100) });
  await measureBare(seconds);
  await measure("GET whoami", { url: `${start}/account/whoami`, method: "GET" }, seconds);
  await measure("PUT send", { url: `${start}/rooms/!room:test/send/m.room.message/txn`, method: "PUT", body }, seconds);
}

async function measureBare(seconds: number): Promise<void> {
  const bare = createServer((_request, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(bare, "listening");
  const address = bare.address();
  if (address === null || typeof address === "string") throw new Error("A TCP address was expected");
  await measure("bare node:http GET", { url: `http://127.0.0.1:${address.port}/`, method: "GET" }, seconds);
  bare.close();
}

async function measure(name: string, load: Load, seconds: number): Promise<void> {
  const driver = fork(import.meta.filename, ["--drive", JSON.stringify(load)]);
  await delay(WARM_UP_SECONDS);
  const before = { cpu: process.cpuUsage(), count: await countOf(driver) };
  await delay(seconds);
  const count = (await countOf(driver)) - before.count;
  const { user, system } = process.cpuUsage(before.cpu);
  driver.kill();
  await once(driver, "exit");
  const each = (microseconds: number) => (microseconds / count).toFixed(1);
  console.log(
    `${name}: ${each(user + system)} µs CPU (user ${each(user)}, system ${each(system)}), ${Math.round(count / seconds)} requests/s`,
  );
}

async function countOf(driver: ReturnType<typeof fork>): Promise<number> {
  driver.send("count");
  const [count] = await once(driver, "message");
  return Number(count);
}

async function delay(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

function drive({ url, method, body }: Load): void {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const headers = { authorization: "Bearer token", "content-type": "application/json" };
  let count = 0;
  const next = (): void => {
    request(url, { agent, method, headers }, (response) => {
      response.resume().once("end", () => {
        count++;
        next();
      });
    }).end(body);
  };
  for (let started = 0; started < CONNECTIONS; started++) next();
  process.on("message", () => process.send?.(count));
}

const [mode, load] = process.argv.slice(2);
if (mode === "--drive") drive(JSON.parse(load ?? ""));
else await serve(Number(mode ?? 5));
