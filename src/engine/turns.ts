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
