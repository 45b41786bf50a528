/**
 * Starts the real program as its own process, as an operator would: `bin/heddle.js serve --config FILE` in a temporary
 * folder. Everything outside talks to it over HTTP alone.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findFreePort } from "./free-port.ts";

const program = join(import.meta.dirname, "../../bin/heddle.js");
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;
const KEPT_LOG_CHARACTERS = 20_000;

/** What a started server is made of; all has a default. */
export type ServerOptions = {
  /** `sqlite` (default) or `postgresql://…`, an empty database. */
  readonly database?: string;
  /** Keys of the configuration file, instead of the defaults for tests. */
  readonly config?: Readonly<Record<string, unknown>>;
};

/** A homeserver in a process of its own. Its data are deleted when it is disposed of. */
export interface RunningServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, the same after a restart. */
  readonly baseUrl: string;
  /** The process that serves; undefined while none runs. */
  readonly pid: number | undefined;
  /** From starting the process to its `heddle ready` line, at the last start. */
  readonly startedInMs: number;
  /** The end of what it wrote to standard error, all starts together. */
  readonly log: string;
  /** Starts it again on the same data. Does nothing when it runs. */
  start(): Promise<void>;
  /** Asks it to stop, as an operator does. Throws when it does not exit with code 0. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

/** The secret of `/_synapse/admin/v1/register` on servers that this file starts. */
export const SHARED_SECRET = "shared-secret-of-the-tests";

/** Starts a homeserver that serves clients, with open registration, no rate limits and cheap passwords. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-server-"));
  const port = await findFreePort();
  const configFile = join(folder, "heddle.yaml");
  const config = { ...testConfig(port), database: options.database ?? "sqlite", ...options.config };
  await writeFile(configFile, JSON.stringify(config));
  const server = new ProgramServer({ folder, configFile, baseUrl: `http://127.0.0.1:${port}` });
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
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

class ProgramServer implements RunningServer {
  readonly baseUrl: string;
  readonly #folder: string;
  readonly #configFile: string;
  #child: ChildProcess | undefined;
  #log = "";
  #startedInMs = 0;

  constructor(from: { readonly folder: string; readonly configFile: string; readonly baseUrl: string }) {
    this.baseUrl = from.baseUrl;
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
    // The channel tells the server when this process is gone, however it went.
    const child = spawn(process.execPath, [program, "serve", "--config", this.#configFile], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    child.once("exit", () => {
      if (this.#child === child) this.#child = undefined;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#log = (this.#log + text).slice(-KEPT_LOG_CHARACTERS);
    });
    await this.#whenReady(child);
    this.#startedInMs = performance.now() - before;
    letGo(child);
  }

  async stop(): Promise<void> {
    const code = await this.#end("SIGTERM");
    if (code !== 0 && code !== undefined) throw new Error(`the server stopped with code ${code}:\n${this.#log}`);
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #whenReady(child: ChildProcess): Promise<void> {
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
    throw new Error(`the server did not start:\n${this.#log}`);
  }

  /** The exit code, or undefined when no server ran or a signal ended it. */
  async #end(signal: NodeJS.Signals): Promise<number | undefined> {
    const child = this.#child;
    if (!child) return undefined;
    child.ref();
    const exited = once(child, "exit", { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
    child.kill(signal);
    const [code] = await exited;
    return typeof code === "number" ? code : undefined;
  }
}

/** A server that still runs must not keep the process of its tests alive. */
function letGo(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream && "unref" in stream && typeof stream.unref === "function") stream.unref();
  }
}
