import { randomInt } from "node:crypto";

/** Numbers that a seed decides. `HEDDLE_TEST_SEED` gives the seed of a run again. */
export class SeededRandom {
  readonly seed: number;
  #state: number;

  constructor() {
    const given = process.env["HEDDLE_TEST_SEED"];
    this.seed = given === undefined ? randomInt(2 ** 31) : Number(given);
    this.#state = this.seed;
  }

  /** From `least` up to, not including, `limit`. A step of a linear congruence: even enough for moments in time. */
  between(least: number, limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return least + Math.floor((this.#state / 2 ** 32) * (limit - least));
  }
}
