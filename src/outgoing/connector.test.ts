import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { createConnector } from "./connector.ts";
import { AddressDenied } from "./errors.ts";
import { systemResolve } from "./resolve.ts";
import { listen } from "./testing.ts";

test("a connection is looked at once more when it is there, and ended when it led elsewhere", async (t) => {
  const server = createServer();
  const port = await listen(t, server);
  const ended = once(server, "connection").then(async ([socket]) => await once(socket, "close"));
  const asked: string[] = [];
  // As if what was connected to were not what was looked at.
  const policy = { allows: (address: string) => asked.push(address) === 1 };
  const connect = createConnector({
    policy,
    resolve: systemResolve,
    connectTimeoutMs: 1_000,
    secureContext: undefined,
  });
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  connect({ hostname: "127.0.0.1", protocol: "http:", port: String(port) }, (...[error]) => resolve(error));
  assert.ok((await promise) instanceof AddressDenied);
  assert.deepEqual(asked, ["127.0.0.1", "127.0.0.1"]);
  await ended;
});
