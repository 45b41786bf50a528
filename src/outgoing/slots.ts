/** Places for work that goes on at the same time. Whoever finds none free waits in a row of limited length. */
export class Slots {
  readonly #places: number;
  readonly #waitingPlaces: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(places: number, waitingPlaces: number) {
    this.#places = places;
    this.#waitingPlaces = waitingPlaces;
  }

  /** Nobody has or wants a place. */
  get isIdle(): boolean {
    return this.#taken === 0;
  }

  /**
   * @param signal ends the waiting; its reason is thrown
   * @returns the place, given back when it is disposed of, once; `undefined` when the row is full
   */
  async take(signal: AbortSignal): Promise<Disposable | undefined> {
    signal.throwIfAborted();
    if (this.#taken >= this.#places) {
      if (this.#waiting.size >= this.#waitingPlaces) return undefined;
      await this.#wait(signal);
    } else {
      this.#taken++;
    }
    return { [Symbol.dispose]: () => this.#giveBack() };
  }

  /** Whoever is woken has the place of the one who gave it back. */
  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (): void => {
      this.#waiting.delete(resolve);
      reject(signal.reason);
    };
    this.#waiting.add(resolve);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#taken--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
