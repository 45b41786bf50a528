import { Waiters } from "../../waiters.ts";

/** A thing that is waited for. */
export interface Coming {
  /** Resolves when it has come, after so many milliseconds, or when `signal` aborts. */
  within(timeoutMs: number, signal: AbortSignal): Promise<void>;
}

/** Those who wait for things by their keys. Bounded by the requests that wait. */
export class Arrivals {
  readonly #waiting = new Map<string, Waiters>();
  /** How often any thing has come. */
  #count = 0;

  /** To be called before it is looked whether the thing is there, so that it is not missed when it comes meanwhile. */
  next(key: string): Coming {
    const count = this.#count;
    return {
      within: async (timeoutMs, signal) => {
        if (count === this.#count) await this.#wait(key, timeoutMs, signal);
      },
    };
  }

  /** Tells those who wait that the thing has come. */
  tell(key: string): void {
    this.#count++;
    this.#waiting.get(key)?.wake();
  }

  async #wait(key: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const waiters = this.#waiting.getOrInsertComputed(key, () => new Waiters());
    await waiters.wait(timeoutMs, signal);
    if (waiters.count === 0) this.#waiting.delete(key);
  }
}
