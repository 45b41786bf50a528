/** Starts a Synapse from a Python virtual environment, to be measured in the same run as Heddle. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { request } from "undici";
import { findFreePort } from "../test/support/free-port.ts";
import type { RunningServer } from "../test/support/server.ts";
import { writeSynapseConfig } from "./synapse-config.ts";
import type { Target } from "./target.ts";

const START_LIMIT_MS = 120_000;
const SHARED_SECRET = "shared-secret-of-the-bench";

/** Starts it, and calls it `Synapse + SQLite`. */
export async function startSynapseTarget(venv: string): Promise<Target> {
  const server = await startSynapse(venv);
  return {
    name: "Synapse + SQLite",
    baseUrl: server.baseUrl,
    sharedSecret: SHARED_SECRET,
    pids: () => (server.pid === undefined ? [] : [server.pid]),
    get startedInMs() {
      return server.startedInMs;
    },
    stop: async () => await server.stop(),
    start: async () => await server.start(),
    [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
  };
}

/** A Synapse on SQLite in a temporary folder, with open registration and no rate limits. */
export async function startSynapse(venv: string): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-bench-synapse-"));
  const port = await findFreePort();
  const configFile = await writeSynapseConfig({ folder, port, sharedSecret: SHARED_SECRET });
  const server = new SynapseServer({ python: join(venv, "bin/python"), folder, configFile, port });
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

class SynapseServer implements RunningServer {
  readonly baseUrl: string;
  readonly #python: string;
  readonly #folder: string;
  readonly #configFile: string;
  #child: ChildProcess | undefined;
  #log = "";
  #startedInMs = 0;

  constructor(from: { python: string; folder: string; configFile: string; port: number }) {
    this.baseUrl = `http://127.0.0.1:${from.port}`;
    this.#python = from.python;
    this.#folder = from.folder;
    this.#configFile = from.configFile;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get startedInMs(): number {
    return this.#startedInMs;
  }

  get log(): string {
    return this.#log;
  }

  async start(): Promise<void> {
    if (this.#child) return;
    const before = performance.now();
    const child = spawn(this.#python, ["-m", "synapse.app.homeserver", "-c", this.#configFile], {
      cwd: this.#folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    child.once("exit", () => {
      this.#child = undefined;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#log = (this.#log + text).slice(-20_000)));
    while (!(await this.#isWell())) {
      const isLate = performance.now() - before > START_LIMIT_MS;
      if (this.#child === undefined || isLate) throw new Error(`Synapse does not start:\n${this.#log}`);
      await wait(10);
    }
    this.#startedInMs = performance.now() - before;
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #isWell(): Promise<boolean> {
    try {
      const { statusCode, body } = await request(`${this.baseUrl}/health`);
      await body.dump();
      return statusCode === 200;
    } catch {
      // Nobody listens yet.
      return false;
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#child) return;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    await exited;
  }
}
