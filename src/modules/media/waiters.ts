/** A thing that is waited for. */
export interface Coming {
  /** Resolves when it has come, after so many milliseconds, or when `signal` aborts. */
  within(timeoutMs: number, signal: AbortSignal): Promise<void>;
}

/** Those who wait for things by their keys. Bounded by the requests that wait. */
export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();
  /** How often each thing that is waited for has come. */
  #wakeCount = 0;

  /** To be called before it is looked whether the thing is there, so that it is not missed when it comes meanwhile. */
  next(key: string): Coming {
    const { wakeCount } = this;
    return {
      within: async (timeoutMs, signal) => {
        if (wakeCount === this.wakeCount) await this.#wait(key, timeoutMs, signal);
      },
    };
  }

  get wakeCount(): number {
    return this.#wakeCount;
  }

  wake(key: string): void {
    this.#wakeCount++;
    for (const end of this.#waiting.get(key) ?? []) end();
  }

  async #wait(key: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const waiting = this.#waiting.getOrInsertComputed(key, () => new Set());
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        waiting.delete(end);
        if (waiting.size === 0) this.#waiting.delete(key);
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      signal.addEventListener("abort", end);
      waiting.add(end);
    });
  }
}
