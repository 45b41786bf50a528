/**
 * Starts the real program as its own process, as an operator would: `bin/heddle.js serve --config FILE` in a temporary
 * folder. Everything outside talks to it over HTTP alone.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ChildServer, type RunningServer, started } from "./child-server.ts";
import { findFreePort } from "./free-port.ts";

const program = join(import.meta.dirname, "../../bin/heddle.js");
const START_LIMIT_MS = 60_000;

/** What a started server is made of; all has a default. */
export type ServerOptions = {
  /** `sqlite` (default) or `postgresql://…`, an empty database. */
  readonly database?: string;
  /** Keys of the configuration file, instead of the defaults for tests. */
  readonly config?: Readonly<Record<string, unknown>>;
};

/** The secret of `/_synapse/admin/v1/register` on servers that this file starts. */
export const SHARED_SECRET = "shared-secret-of-the-tests";

/** Starts a homeserver that serves clients, with open registration, no rate limits and cheap passwords. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-server-"));
  const port = await findFreePort();
  const configFile = join(folder, "heddle.yaml");
  const config = { ...testConfig(port), database: options.database ?? "sqlite", ...options.config };
  await writeFile(configFile, JSON.stringify(config));
  return await started(new ProgramServer({ folder, configFile, baseUrl: `http://127.0.0.1:${port}` }));
}

function testConfig(port: number): Record<string, unknown> {
  return {
    server_name: "localhost",
    data_dir: "data",
    listeners: [{ host: "127.0.0.1", port }],
    registration: { mode: "open", shared_secret: SHARED_SECRET },
    rate_limits: "off",
    passwords: { memory_kib: 8, iterations: 1 },
    log: { level: "warn" },
  };
}

class ProgramServer extends ChildServer {
  readonly #configFile: string;

  constructor(from: { readonly folder: string; readonly configFile: string; readonly baseUrl: string }) {
    super(from);
    this.#configFile = from.configFile;
  }

  protected override spawn(): ChildProcess {
    // The channel tells the server when this process is gone, however it went.
    return spawn(process.execPath, [program, "serve", "--config", this.#configFile], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
  }

  protected override async whenReady(child: ChildProcess): Promise<void> {
    if (!child.stdout) throw new Error("the server has no standard output");
    const lines = createInterface({ input: child.stdout });
    const limit = AbortSignal.timeout(START_LIMIT_MS);
    const gone = once(child, "exit", { signal: limit }).then(() => "exit");
    // When the line comes first nobody waits for this any more.
    gone.catch(() => undefined);
    const ready = (async () => {
      for await (const line of lines) if (line.startsWith("heddle ready")) return "ready";
      return "exit";
    })();
    if ((await Promise.race([ready, gone])) === "ready") {
      child.stdout.resume();
      return;
    }
    throw new Error(`the server did not start:\n${this.log}`);
  }
}
