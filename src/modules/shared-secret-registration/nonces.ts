import { randomBytes } from "node:crypto";
import { boundedCache } from "../../bounded-cache.ts";
import type { Clock } from "../../clock.ts";

const lifetimeMs = 60_000;
const countLimit = 10_000;

/** Numbers used once. In memory alone: a tool that is cut off by a restart asks for another one. */
export class Nonces {
  readonly #clock: Clock;
  readonly #expiresAt = boundedCache<string, number>(countLimit);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(): string {
    const nonce = randomBytes(32).toString("hex");
    this.#expiresAt.set(nonce, this.#clock.now() + lifetimeMs);
    return nonce;
  }

  /** @returns whether the nonce was good; it is not any more. */
  use(nonce: string): boolean {
    const expiresAt = this.#expiresAt.get(nonce) ?? 0;
    this.#expiresAt.delete(nonce);
    return this.#clock.now() < expiresAt;
  }
}
