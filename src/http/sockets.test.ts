import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { Type } from "typebox";
import { type AnyEndpoint, endpoint } from "./endpoint.ts";
import { ListenError } from "./listener.ts";
import type { HttpServerOptions } from "./server.ts";
import { createServerForTest, listenerForTest } from "./testing.ts";

const echo = endpoint({
  method: "POST",
  path: "/echo",
  auth: "none",
  limit: "none",
  params: Type.Object({}),
  body: Type.Object({}),
  bodyLimitBytes: 2000,
  handle: async ({ body, address, userAgent }) => ({ body, address, userAgent }),
});

async function listening(endpoints: readonly AnyEndpoint[], options: Partial<HttpServerOptions> = {}) {
  const server = createServerForTest(endpoints, options);
  const [bound] = await server.listen();
  assert.ok(bound !== undefined);
  return Object.assign(server, bound);
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** All that comes until the other side closes. */
async function received(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("latin1");
}

async function talk(port: number, text: string): Promise<string> {
  const socket = await connected(port);
  socket.write(text);
  return await received(socket);
}

test("a request over a socket is answered, with the client's address and user agent", async () => {
  await using server = await listening([echo]);
  const headers = { "user-agent": "test/1" };
  const answer = await fetch(`${server.url}/echo`, { method: "POST", body: '{"a":1}', headers });
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { body: { a: 1 }, address: "127.0.0.1", userAgent: "test/1" });
});

test("an IPv4 client of an IPv6 socket has an IPv4 address", async () => {
  await using server = await listening([echo], { listeners: [{ ...listenerForTest, host: "::" }] });
  const answer = await fetch(`http://127.0.0.1:${server.port}/echo`, { method: "POST", body: "{}" });
  assert.deepEqual(await answer.json(), { body: {}, address: "127.0.0.1", userAgent: "node" });
});

test("a body over the limit of its endpoint is 413 M_TOO_LARGE, announced or not", async () => {
  await using server = await listening([echo]);
  const large = JSON.stringify({ a: "x".repeat(3000) });
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(large));
      controller.close();
    },
  });
  const init = { method: "POST", duplex: "half" } as const;
  for (const body of [large, stream]) {
    const answer = await fetch(`${server.url}/echo`, { ...init, body });
    assert.equal(answer.status, 413);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.partialDeepStrictEqual(await answer.json(), { errcode: "M_TOO_LARGE" });
  }
  const small = await fetch(`${server.url}/echo`, { method: "POST", body: JSON.stringify({ a: "x".repeat(1900) }) });
  assert.equal(small.status, 200);
});

test("a client that sends megabytes too many still sees the answer and keeps its connection", async () => {
  await using server = await listening([echo]);
  const answers = await talk(
    server.port,
    [
      `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n${"x".repeat(8_000_000)}`,
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    ].join(""),
  );
  assert.match(answers, /^HTTP\/1\.1 413 [^]*HTTP\/1\.1 200 /);
});

test("a body of absurd size is cut off", async () => {
  await using server = await listening([echo]);
  const answer = await talk(server.port, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000\r\n\r\n{");
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /connection: close/i);
  assert.match(answer, /M_TOO_LARGE/);
});

test("what is no HTTP gets a standard error", async () => {
  await using server = await listening([echo]);
  const answer = await talk(server.port, "NONSENSE\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /access-control-allow-origin: \*/);
  assert.match(answer, /"errcode":"M_UNKNOWN"/);
});

test("headers that are too large are 431", async () => {
  await using server = await listening([echo], { connections: { maxHeaderBytes: 1000 } });
  const answer = await talk(server.port, `GET /${"x".repeat(2000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 431 /);
});

const impatient = { headersTimeoutMs: 50, requestTimeoutMs: 100, checkIntervalMs: 20 };

test("a client that is slow with its headers or its body is cut off with 408", async () => {
  await using server = await listening([echo], { connections: impatient });
  const slow = ["POST /echo HTTP/1.1\r\nHost:", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{"];
  for (const text of slow) assert.match(await talk(server.port, text), /^HTTP\/1\.1 408 /, text);
});

test("a long poll is not cut off by the timeouts of requests", async () => {
  const wait = Promise.withResolvers<object>();
  await using server = await listening([poll(() => wait.promise)], { connections: impatient });
  const answer = fetch(`${server.url}/poll`);
  setTimeout(() => wait.resolve({ done: true }), 300);
  assert.deepEqual(await (await answer).json(), { done: true });
});

test("an idle connection is closed after the keep-alive time", async () => {
  await using server = await listening([echo], { connections: { keepAliveTimeoutMs: 50, checkIntervalMs: 20 } });
  const answer = await talk(server.port, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  assert.match(answer, /^HTTP\/1\.1 200 /);
});

test("no more connections than allowed are accepted", async () => {
  await using server = await listening([echo], { connections: { maxConnections: 1 } });
  const first = await connected(server.port);
  assert.equal(await talk(server.port, ""), "");
  first.destroy();
});

function poll(handle: (signal: AbortSignal) => Promise<object>): AnyEndpoint {
  return endpoint({
    method: "GET",
    path: "/poll",
    auth: "none",
    limit: "none",
    params: Type.Object({}),
    handle: ({ signal }) => handle(signal),
  });
}

/** Waits for the signal and answers with the reason's name; `entered` resolves when a request is there. */
function pollUntilAborted() {
  const entered = Promise.withResolvers<AbortSignal>();
  const endpoints = [
    poll(async (signal) => {
      entered.resolve(signal);
      if (!signal.aborted) await once(signal, "abort");
      return { reason: String(signal.reason?.name) };
    }),
    echo,
  ];
  return { endpoints, entered: entered.promise };
}

test("the signal of a request is aborted when its client goes away", async () => {
  const { endpoints, entered } = pollUntilAborted();
  await using server = await listening(endpoints);
  const socket = await connected(server.port);
  socket.write("GET /poll HTTP/1.1\r\nHost: x\r\n\r\n");
  const signal = await entered;
  socket.destroy();
  await once(signal, "abort");
  assert.equal(signal.reason.name, "ClientGone");
});

test("the signal of an answered request is never aborted", async () => {
  const entered = Promise.withResolvers<AbortSignal>();
  await using server = await listening([
    poll(async (signal) => {
      entered.resolve(signal);
      return {};
    }),
  ]);
  await (await fetch(`${server.url}/poll`)).json();
  await server.close();
  assert.equal((await entered.promise).aborted, false);
});

test("closing ends long polls, which still get their answer, and refuses new connections", async () => {
  const { endpoints, entered } = pollUntilAborted();
  await using server = await listening(endpoints);
  const agent = new Agent({ keepAlive: true });
  const answer = Promise.withResolvers<string>();
  httpRequest(`${server.url}/poll`, { agent }, (response) => {
    response.setEncoding("utf8").once("data", (text) => answer.resolve(`${response.headers.connection} ${text}`));
  }).end();
  await entered;
  await server.close();
  assert.equal(await answer.promise, 'close {"reason":"ServerStopping"}');
  await assert.rejects(fetch(`${server.url}/echo`));
});

test("closing lets what was accepted finish", async () => {
  const wait = Promise.withResolvers<object>();
  const entered = Promise.withResolvers<void>();
  await using server = await listening([
    poll(async () => {
      entered.resolve();
      return await wait.promise;
    }),
  ]);
  const answer = fetch(`${server.url}/poll`);
  await entered.promise;
  const closed = server.close();
  wait.resolve({ done: true });
  assert.deepEqual(await (await answer).json(), { done: true });
  await closed;
});

test("what does not finish in time is cut, and the log says so", async () => {
  const entered = Promise.withResolvers<void>();
  await using server = await listening([
    poll(async () => {
      entered.resolve();
      return await new Promise<object>(() => undefined);
    }),
  ]);
  const answer = fetch(`${server.url}/poll`);
  const cut = assert.rejects(answer);
  await entered.promise;
  await server.close(50);
  await cut;
  assert.match(server.log.lines.join("\n"), /Requests were cut off/);
});

test("an endpoint that lets the stop of the server through is 503 with Retry-After", async () => {
  const entered = Promise.withResolvers<void>();
  await using server = await listening([
    poll(async (signal) => {
      entered.resolve();
      if (!signal.aborted) await once(signal, "abort");
      throw signal.reason;
    }),
  ]);
  const answer = fetch(`${server.url}/poll`);
  await entered.promise;
  await server.close();
  const { status, headers } = await answer;
  assert.deepEqual([status, headers.get("retry-after")], [503, "5"]);
});

test("a port in use is an error that names the listener, and nothing stays open", async () => {
  await using first = await listening([echo]);
  const listeners = [listenerForTest, { ...listenerForTest, port: first.port }];
  const second = createServerForTest([echo], { listeners });
  await assert.rejects(second.listen(), (error) => {
    assert.ok(error instanceof ListenError);
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${first.port}.*EADDRINUSE`));
    return true;
  });
});
