/** Servers to be asked, and clients to ask them with, for tests. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { TestContext } from "node:test";
import { OutgoingError, type OutgoingFailure } from "./errors.ts";
import type { ClientLimits } from "./limits.ts";
import { openOutgoing } from "./outgoing.ts";
import type { Resolve } from "./resolve.ts";

interface Options {
  readonly deniedAddresses?: readonly string[];
  readonly resolve?: Resolve;
  readonly limits?: Partial<ClientLimits>;
  readonly caFiles?: readonly string[];
}

/** The two clients, closed at the end of the test. */
export async function open(t: TestContext, options: Options = {}) {
  const outgoing = await openOutgoing({ deniedAddresses: [], caFiles: [], ...options });
  t.after(async () => await outgoing[Symbol.asyncDispose]());
  return outgoing;
}

/** The port that a server listens at until the end of the test. */
export async function listen(t: TestContext, server: Server, host = "127.0.0.1"): Promise<number> {
  server.listen(0, host);
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  return address.port;
}

/** The URL of a server on loopback. */
export const serve = async (t: TestContext, answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(t, createServer(answer))}`;

/** For `assert.rejects`: the kind of what went wrong. */
export const failure = (kind: OutgoingFailure) => (error: unknown) => {
  assert.ok(error instanceof OutgoingError, String(error));
  assert.equal(error.kind, kind, String(error.cause));
  return true;
};
