import { mkdir } from "node:fs/promises";
import type { Logger } from "pino";
import { inProcessBus } from "./bus/in-process.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config/config.ts";
import { openEngine } from "./engine/engine.ts";
import { openSigningKey } from "./engine/rooms/signing-key-file.ts";
import { withErasure } from "./engine/rooms/erasures.ts";
import { RoomTours } from "./engine/rooms/room-tours.ts";
import { createUsers, type Users } from "./engine/users/users.ts";
import { healthEndpoint } from "./http/health.ts";
import { createMetrics, metricsEndpoint } from "./http/metrics.ts";
import { createLimiter } from "./http/rate-limits.ts";
import { createHttpServer, type HttpServer } from "./http/server.ts";
import { openOutgoing } from "./outgoing/outgoing.ts";
import { releaseMemory } from "./release-memory.ts";
import { openFiles } from "./modules/media/index.ts";
import { openDatabase } from "./store/open.ts";
import { createModules, type Parts } from "./modules.ts";

/** How often the times at which devices were used are written. */
const LAST_SEEN_INTERVAL_MS = 60_000;

/** A running homeserver. */
export interface Homeserver {
  /** `http://127.0.0.1:8008`, one for each listener. */
  readonly addresses: readonly string[];
  readonly users: Users;
  /** Stops accepting, ends long polls, finishes what was accepted, flushes. */
  stop(): Promise<void>;
}

/** The parts of a homeserver before its listeners are opened: for tests and for the command line. */
export interface Assembled extends AsyncDisposable {
  readonly http: HttpServer;
  readonly users: Users;
}

interface Needs {
  readonly logger: Logger;
}

/** Starts every part and returns when all listeners accept connections. */
export async function startHomeserver(config: Config, needs: Needs): Promise<Homeserver> {
  const assembled = await assemble(config, needs);
  try {
    releaseMemory();
    const bound = await assembled.http.listen();
    return {
      addresses: bound.map(({ url }) => url),
      users: assembled.users,
      stop: async () => await assembled[Symbol.asyncDispose](),
    };
  } catch (error) {
    await assembled[Symbol.asyncDispose]();
    throw error;
  }
}

/** Wires the parts together, in the order in which they start; they stop in the reverse order. */
export async function assemble(config: Config, { logger }: Needs): Promise<Assembled> {
  await using stack = new AsyncDisposableStack();
  const parts = await openParts(config, { logger }, stack);
  const metrics = createMetrics();
  const limiter = createLimiter(config.rateLimits, parts.clock);
  const files = await openFiles(config.media, parts, stack);
  const modules = createModules(config, { ...parts, limiter, files });
  parts.background("tours of rooms", parts.tours.resume());
  for (const module of modules) if (module.dispose) stack.defer(module.dispose);
  const http = createHttpServer({
    listeners: config.listeners,
    endpoints: [
      ...modules.flatMap((module) => module.endpoints),
      metricsEndpoint(metrics),
      healthEndpoint({ check: async () => (await parts.database.get("SELECT 1 AS one")) !== undefined }),
    ],
    authenticate: (token, origin) => parts.users.authenticate(token, origin),
    limiter,
    logger: logger.child({ module: "http" }),
    metrics: metrics.http,
  });
  stack.defer(async () => await http.close());
  const running = stack.move();
  return { http, users: parts.users, [Symbol.asyncDispose]: async () => await running.disposeAsync() };
}

/** Opens the database and what lies directly on it. All is closed with `stack`. */
export async function openParts(
  config: Config,
  { logger }: Needs,
  stack: AsyncDisposableStack,
): Promise<Omit<Parts, "limiter" | "files">> {
  const clock = systemClock;
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const signingKey = await openSigningKey(config.signingKeyFile);
  const database = stack.use(await openDatabase(config.database, { logger: logger.child({ module: "store" }) }));
  const { deniedAddresses, trustedCaFiles } = config.federation;
  const outgoing = stack.use(await openOutgoing({ deniedAddresses, caFiles: trustedCaFiles }));
  const bus = inProcessBus();
  const engine = await openEngine({ database, bus, clock, serverName: config.serverName, signingKey });
  stack.defer(async () => await engine.partitions.drained());
  const background = (name: string, work: Promise<void>): void => {
    work.catch((error: unknown) => logger.error({ work: name, err: error }, "background work failed"));
  };
  const users = stack.use(
    createUsers({
      sql: database,
      partitions: engine.partitions,
      clock,
      passwords: config.passwords,
      background,
    }),
  );
  const timer = setInterval(() => background("last-seen", users.flushLastSeen()), LAST_SEEN_INTERVAL_MS);
  timer.unref();
  stack.defer(() => clearInterval(timer));
  const tours = stack.use(new RoomTours({ sql: database, partitions: engine.partitions, background }));
  // Here, so that an account which ends while no server runs leaves its rooms when one does.
  users.accounts.onDeactivation((tx, userId, { isErased }) =>
    tours.beginIn(tx, { kind: "departure", userId }, isErased ? withErasure : ""),
  );
  return { ...engine, bus, database, clock, users, tours, outgoing, background, logger, signingKey };
}
