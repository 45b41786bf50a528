import { boundedCache } from "../../bounded-cache.ts";
import type { Session } from "./session.ts";

/** A session as it stays in memory. */
export interface CachedSession {
  readonly session: Session;
  /** 0 = never. */
  readonly expiresAt: number;
}

/** Some 300 bytes each. */
const entryLimit = 50_000;

/**
 * The sessions in use, by the hash of their access token. A session that is read from the database while another request
 * ends it must not stay here: whoever reads takes `epoch` first, and `keep` does nothing when something was forgotten
 * meanwhile.
 */
export class SessionCache {
  readonly #entries = boundedCache<string, CachedSession>(entryLimit);
  #epoch = 0;

  get epoch(): number {
    return this.#epoch;
  }

  get(tokenHash: string): CachedSession | undefined {
    return this.#entries.get(tokenHash);
  }

  keep(tokenHash: string, entry: CachedSession, epoch: number): void {
    if (epoch === this.#epoch) this.#entries.set(tokenHash, entry);
  }

  forget(tokenHashes: readonly string[]): void {
    this.#epoch++;
    for (const tokenHash of tokenHashes) this.#entries.delete(tokenHash);
  }

  /** For what is rare, such as a new administrator: looks at every entry. */
  forgetUser(userId: string): void {
    this.#epoch++;
    for (const [tokenHash, { session }] of this.#entries.entries()) {
      if (session.userId === userId) this.#entries.delete(tokenHash);
    }
  }
}
