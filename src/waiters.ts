/** Those who wait for one thing. Bounded by the requests that wait. */
export class Waiters {
  readonly #ends = new Set<() => void>();

  get count(): number {
    return this.#ends.size;
  }

  /** Lets all go on who wait now. */
  wake(): void {
    for (const end of this.#ends) end();
  }

  /** Resolves when they are woken, after `timeoutMs`, or when `signal` aborts. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        this.#ends.delete(end);
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      signal.addEventListener("abort", end);
      this.#ends.add(end);
    });
  }
}
