/** Servers that run as processes of their own, whatever program they are. */
import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";

const STOP_LIMIT_MS = 15_000;
const KEPT_LOG_CHARACTERS = 20_000;

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

/** What all such servers have in common. How one is started, and known to be ready, is up to its kind. */
export abstract class ChildServer implements RunningServer {
  readonly baseUrl: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #log = "";
  #startedInMs = 0;

  /** `folder` has its data and is deleted in the end. */
  constructor({ baseUrl, folder }: { readonly baseUrl: string; readonly folder: string }) {
    this.baseUrl = baseUrl;
    this.#folder = folder;
  }

  /** Starts the process, its standard error in a pipe. */
  protected abstract spawn(): ChildProcess;

  /** Resolves when the server answers; rejects when it does not come to that. */
  protected abstract whenReady(child: ChildProcess): Promise<void>;

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
    const child = this.spawn();
    this.#child = child;
    child.once("exit", () => {
      if (this.#child === child) this.#child = undefined;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#log = (this.#log + text).slice(-KEPT_LOG_CHARACTERS);
    });
    await this.whenReady(child);
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

/** Starts a server that was made; when it does not start, what was made for it is deleted. */
export async function started<T extends RunningServer>(server: T): Promise<T> {
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

/** A server that still runs must not keep the process of its tests alive. */
function letGo(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream && "unref" in stream && typeof stream.unref === "function") stream.unref();
  }
}
