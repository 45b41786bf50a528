import { setImmediate as nextTurn } from "node:timers/promises";

const TURN_MS = 4;

/** Lets others have their turn within long work: nothing may hold the event loop for more than 10 ms. */
export class Turns {
  #startedAt = performance.now();

  /** To be called between pieces of the work; waits for the next turn of the event loop when this one took long. */
  async next(): Promise<void> {
    if (performance.now() - this.#startedAt < TURN_MS) return;
    await nextTurn();
    this.#startedAt = performance.now();
  }
}

/** The same for work that goes on many times at once: all of it together has no more of a turn than one would have. */
export class SharedTurns {
  #startedAt = 0;
  #coming: Promise<void> | undefined;

  /** Does a piece of the work, now or in a later turn. */
  async run(piece: () => void): Promise<void> {
    while (performance.now() - this.#startedAt >= TURN_MS) {
      this.#coming ??= this.#begin();
      await this.#coming;
    }
    // At once: others that waited for the same turn look at the time after this.
    piece();
  }

  async #begin(): Promise<void> {
    await nextTurn();
    this.#startedAt = performance.now();
    this.#coming = undefined;
  }
}
