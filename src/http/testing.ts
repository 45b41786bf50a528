import { once } from "node:events";
import { Writable } from "node:stream";
import { systemClock } from "../clock.ts";
import type { AnyEndpoint, Requester } from "./endpoint.ts";
import { createLogger } from "./logging.ts";
import { createMetrics } from "./metrics.ts";
import { createLimiter } from "./rate-limits.ts";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "./server.ts";

/** A server for tests: tokens are `alice`, `guest` and `admin`, nothing is limited, one listener serves everything. */
export function createServerForTest(
  endpoints: readonly AnyEndpoint[],
  options: Partial<HttpServerOptions> = {},
): HttpServer & { readonly log: LogLines } {
  const log = new LogLines();
  const server = createHttpServer({
    listeners: [listenerForTest],
    endpoints,
    authenticate: (token) => requesters.get(token),
    limiter: createLimiter("off", systemClock),
    logger: createLogger({ level: "debug", format: "json" }, log),
    metrics: createMetrics().http,
    ...options,
  });
  return Object.assign(server, { log });
}

/** On loopback, at a free port. */
export const listenerForTest = {
  host: "127.0.0.1",
  port: 0,
  serve: ["client", "federation", "media", "admin", "console", "health", "metrics"],
  trustedProxies: [],
} as const;

const requesters = new Map<string, Requester>(
  [
    { userId: "@alice:test", deviceId: "ALICE", isGuest: false, isAdmin: false, isLocked: false, isSuspended: false },
    { userId: "@guest:test", deviceId: "GUEST", isGuest: true, isAdmin: false, isLocked: false, isSuspended: false },
    { userId: "@admin:test", deviceId: "ADMIN", isGuest: false, isAdmin: true, isLocked: false, isSuspended: false },
  ].map((requester) => [requester.userId.slice(1, requester.userId.indexOf(":")), requester]),
);

/** A destination of a logger that collects the lines. */
export class LogLines extends Writable {
  readonly lines: string[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.lines.push(
      ...chunk
        .toString("utf8")
        .split("\n")
        .filter((line) => line !== ""),
    );
    this.emit("lines");
    done();
  }

  /** Resolves when a line matches. */
  async waitFor(pattern: RegExp): Promise<void> {
    while (!this.lines.some((line) => pattern.test(line))) await once(this, "lines");
  }
}
