/** Does things one after another that must not overlap: those of the same key. Things of different keys do not wait. */
export class InTurn {
  /** The last thing of each key that is on its way. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does it when all that was given before it under the key has ended, well or not; resolves or rejects as it does. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = runAfter(this.#last.get(key), work);
    this.#last.set(key, running);
    try {
      return await running;
    } finally {
      if (this.#last.get(key) === running) this.#last.delete(key);
    }
  }
}

async function runAfter<T>(before: Promise<unknown> | undefined, work: () => Promise<T>): Promise<T> {
  // How it ended is the concern of whoever gave it.
  await before?.catch(() => undefined);
  return await work();
}
