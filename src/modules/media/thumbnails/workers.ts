import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { unavailable } from "../../../http/errors.ts";
import type { ThumbnailJob, ThumbnailOutcome } from "./job.ts";

/** Jobs that may wait. */
const MAX_WAITING = 100;
/** A worker without work ends, with the memory that it has. */
const IDLE_MS = 30_000;

interface Waiting {
  readonly job: ThumbnailJob;
  readonly resolve: (outcome: ThumbnailOutcome) => void;
  readonly reject: (error: Error) => void;
}

interface Idle {
  readonly worker: Worker;
  readonly timer: NodeJS.Timeout;
}

/** Threads that make thumbnails: as many as leave one core to the server, started when there is work. */
export class ThumbnailWorkers implements AsyncDisposable {
  /** An image that takes longer is no picture but an attack. */
  readonly #longestMs: number;
  readonly #limit = Math.max(1, Math.min(4, availableParallelism() - 1));
  readonly #waiting: Waiting[] = [];
  readonly #idle: Idle[] = [];
  readonly #busy = new Set<Worker>();

  constructor({ longestMs }: { readonly longestMs: number }) {
    this.#longestMs = longestMs;
  }

  /** @throws MatrixError 503 when too many wait already */
  async run(job: ThumbnailJob): Promise<ThumbnailOutcome> {
    if (this.#waiting.length >= MAX_WAITING) throw unavailable("Too many thumbnails are being made, try again later");
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#assign();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { reject } of this.#waiting.splice(0)) reject(unavailable("The server is stopping, try again later"));
    const idle = this.#idle.splice(0).map(({ worker, timer }) => {
      clearTimeout(timer);
      return worker;
    });
    await Promise.all([...idle, ...this.#busy].map(async (worker) => await worker.terminate()));
  }

  #assign(): void {
    if (this.#busy.size >= this.#limit) return;
    const next = this.#waiting.shift();
    if (next) this.#give(this.#take(), next);
  }

  #take(): Worker {
    const idle = this.#idle.pop();
    if (!idle) return new Worker(new URL("worker.ts", import.meta.url));
    clearTimeout(idle.timer);
    return idle.worker;
  }

  #give(worker: Worker, { job, resolve, reject }: Waiting): void {
    this.#busy.add(worker);
    const end = (isFit: boolean): void => {
      clearTimeout(timer);
      // One by one: Node has listeners of its own there.
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      this.#busy.delete(worker);
      if (isFit) this.#rest(worker);
      else void worker.terminate();
      this.#assign();
    };
    const onMessage = (outcome: ThumbnailOutcome): void => {
      end(true);
      resolve(outcome);
    };
    const onError = (error: Error): void => {
      end(false);
      reject(error);
    };
    const give = (reason: string): void => {
      end(false);
      resolve({ kind: "no image", reason });
    };
    // Out of memory, or ended with the server.
    const onExit = (): void => give("ended its worker");
    const timer = setTimeout(() => give(`took longer than ${this.#longestMs} ms`), this.#longestMs);
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.ref();
    worker.postMessage(job, []);
  }

  #rest(worker: Worker): void {
    const timer = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((idle) => idle.worker === worker),
        1,
      );
      void worker.terminate();
    }, IDLE_MS);
    timer.unref();
    worker.unref();
    this.#idle.push({ worker, timer });
  }
}
