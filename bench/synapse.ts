/** Starts a Synapse from a Python virtual environment, to be measured in the same run as Heddle. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { request } from "undici";
import { ChildServer, type RunningServer, started } from "../test/support/child-server.ts";
import { findFreePort } from "../test/support/free-port.ts";
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
  return await started(new SynapseServer({ python: join(venv, "bin/python"), folder, configFile, port }));
}

class SynapseServer extends ChildServer {
  readonly #from: { readonly python: string; readonly folder: string; readonly configFile: string };

  constructor(from: { python: string; folder: string; configFile: string; port: number }) {
    super({ baseUrl: `http://127.0.0.1:${from.port}`, folder: from.folder });
    this.#from = from;
  }

  protected override spawn(): ChildProcess {
    const { python, folder, configFile } = this.#from;
    return spawn(python, ["-m", "synapse.app.homeserver", "-c", configFile], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
  }

  protected override async whenReady(child: ChildProcess): Promise<void> {
    const deadline = performance.now() + START_LIMIT_MS;
    while (!(await this.#isWell())) {
      const isOver = child.exitCode !== null || child.signalCode !== null;
      if (isOver || performance.now() > deadline) throw new Error(`Synapse does not start:\n${this.log}`);
      await wait(10);
    }
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
}
