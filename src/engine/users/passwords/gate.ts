/**
 * Lets a few run at a time, the others wait in order. Hashing fills the platform's thread pool, which file and name
 * look-ups share: this keeps some of it free.
 */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  readonly #waitingLimit: number;
  #free: number;

  constructor(limits: { readonly running: number; readonly waiting: number }) {
    this.#free = limits.running;
    this.#waitingLimit = limits.waiting;
  }

  /** @returns `undefined`, without having run it, when too many wait. */
  async run<T>(work: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    if (this.#free === 0) {
      if (this.#waiting.length >= this.#waitingLimit) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#free--;
    }
    try {
      return { value: await work() };
    } finally {
      // Whoever waits longest takes over this place; otherwise it becomes free.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
