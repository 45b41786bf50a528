import type { Clock } from "../../clock.ts";
import type { Sql } from "../../store/sql.ts";
import { countPublished } from "./published-rooms.store.ts";

/** How long a count is good enough for an estimate. */
const VALID_MS = 10_000;

interface Needs {
  readonly sql: Sql;
  readonly clock: Clock;
}

/** How many rooms are published, as it was some seconds ago at most: counting costs more than a page of them. */
export class RoomCount {
  readonly #needs: Needs;
  #count: Promise<number> | undefined;
  #countedAt = 0;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async estimate(): Promise<number> {
    const { sql, clock } = this.#needs;
    const now = clock.now();
    if (this.#count && now - this.#countedAt < VALID_MS) return await this.#count;
    this.#countedAt = now;
    this.#count = countPublished(sql);
    // What failed is tried again by whoever asks next.
    this.#count.catch(() => (this.#count = undefined));
    return await this.#count;
  }
}
