import type { HomeserverClient } from "./client.ts";
import { register } from "./registration.ts";
import type { Session } from "./session.ts";

/** Registering hashes a password: more at once would only wait. */
const AT_ONCE = 4;

/** Makes the users that workloads need, and keeps those that may have a past for the next workload. */
export class Accounts {
  readonly #client: HomeserverClient;
  readonly #sharedSecret: string | undefined;
  /** Names must be new on a server that was loaded before. */
  readonly #prefix = `load${Date.now().toString(36)}`;
  readonly #shared: Session[] = [];
  #count = 0;

  constructor(client: HomeserverClient, sharedSecret: string | undefined) {
    this.#client = client;
    this.#sharedSecret = sharedSecret;
  }

  /** Users who may be in other rooms already. */
  async shared(count: number): Promise<readonly Session[]> {
    this.#shared.push(...(await this.fresh(Math.max(0, count - this.#shared.length))));
    return this.#shared.slice(0, count);
  }

  /** Users who are nowhere yet. */
  async fresh(count: number): Promise<readonly Session[]> {
    const made: Session[] = [];
    let left = count;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        made.push(await this.make());
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return made;
  }

  /** One new account. */
  async make(): Promise<Session> {
    this.#count += 1;
    return await register(this.#client, `${this.#prefix}-${this.#count}`, this.#sharedSecret);
  }
}
