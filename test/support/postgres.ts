import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { type Binaries, findBinaries } from "./postgres-binaries.ts";

const guardian = join(import.meta.dirname, "postgres-guardian.ts");
const START_ATTEMPTS = 50;
const READY_WITHIN_MS = 30_000;

/** A PostgreSQL server that tests may use. */
export interface PostgresServer extends AsyncDisposable {
  /** The address of its database `postgres`, as the user who may do everything. */
  readonly url: string;
}

/** A server of one's own, which can be stopped, killed and started again. */
export interface OwnPostgresServer extends PostgresServer {
  /** The process that PostgreSQL's others descend from, while it runs. */
  readonly pid: number | undefined;
  /** Does nothing when it runs. Same address and data as before. */
  start(): Promise<void>;
  /** Closes all connections, and stops. */
  stop(): Promise<void>;
  /** As if the machine lost power. */
  kill(): Promise<void>;
}

/** The server that HEDDLE_TEST_POSTGRES names, or else one for this process, which ends with it. */
export async function startPostgres(): Promise<PostgresServer> {
  const url = process.env["HEDDLE_TEST_POSTGRES"];
  if (url !== undefined && url !== "") return { url, [Symbol.asyncDispose]: async () => {} };
  return await startOwnPostgres({ isDurable: false });
}

/** Makes and starts a server. `isDurable`: commits reach the disk, so that the server may be killed. */
export async function startOwnPostgres({ isDurable }: { readonly isDurable: boolean }): Promise<OwnPostgresServer> {
  const server = new GuardedServer(findBinaries(), isDurable);
  await server.start();
  return server;
}

class GuardedServer implements OwnPostgresServer {
  readonly #binaries: Binaries;
  readonly #isDurable: boolean;
  readonly #folder: string;
  #port = 0;
  #guardian: ChildProcess | undefined;
  #pid: number | undefined;

  constructor(binaries: Binaries, isDurable: boolean) {
    this.#binaries = binaries;
    this.#isDurable = isDurable;
    this.#folder = initialise(binaries);
  }

  get url(): string {
    return `postgresql://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await findPort();
    // After a kill, the remaining processes of PostgreSQL need a moment to notice; until then it does not start.
    for (let attempt = 0; this.#pid === undefined; attempt++) {
      if (attempt === START_ATTEMPTS) throw new Error("PostgreSQL does not start");
      if (attempt > 0) await wait(100);
      await this.#tryToStart();
    }
  }

  async stop(): Promise<void> {
    await this.#end("SIGINT");
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#pid === undefined || !this.#guardian) return;
    this.#guardian.ref();
    const exited = once(this.#guardian, "exit");
    process.kill(this.#pid, signal);
    await exited;
  }

  async #tryToStart(): Promise<void> {
    const durable = this.#isDurable ? "on" : "off";
    const settings = { fsync: durable, synchronous_commit: durable, full_page_writes: durable, ...COMMON_SETTINGS };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const { postgres, user = "" } = this.#binaries;
    const args = [guardian, postgres, this.#folder, String(user), "-p", String(this.#port), ...flags];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"], cwd: tmpdir() });
    this.#guardian = child;
    child.once("exit", () => (this.#pid = undefined));
    const lines = createInterface({ input: child.stdout });
    const deadline = setTimeout(() => child.stdin.end(), READY_WITHIN_MS);
    const [line] = await Promise.race([once(lines, "line"), once(child, "exit").then(() => [])]);
    clearTimeout(deadline);
    const [, pid] = /^ready (\d+)$/.exec(String(line)) ?? [];
    if (pid === undefined) return;
    this.#pid = Number(pid);
    lines.close();
    child.stdout.destroy();
    // It must not keep the tests' process alive.
    child.unref();
    if ("unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref();
  }
}

const COMMON_SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: 400,
  shared_buffers: "64MB",
  log_min_messages: "LOG",
};

function initialise({ initdb, user }: Binaries): string {
  const folder = mkdtempSync(join(tmpdir(), "heddle-postgres-"));
  if (user !== undefined) chownSync(folder, user, user);
  const identity = user === undefined ? {} : { uid: user, gid: user };
  const args = ["-D", folder, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
  const { status, stderr } = spawnSync(initdb, args, { encoding: "utf8", cwd: tmpdir(), ...identity });
  if (status === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`initdb failed: ${stderr}`);
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port is free");
  return address.port;
}
