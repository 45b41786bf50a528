import assert from "node:assert/strict";
import { at, listAt } from "../../bench/read-json.ts";
import { encode, type Session } from "../../bench/session.ts";
import { type Actor, untilGone } from "./actor.ts";

const TYPE = "org.example.number";

/** Keeps a number in the account data. */
export class Keeper implements Actor {
  readonly #session: Session;
  #promised = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  async act(isOver: () => boolean): Promise<void> {
    await untilGone(isOver, async () => await this.#setNext());
  }

  /** The last number acknowledged is there, or the one that was on its way; `/sync` says the same. */
  async check(): Promise<void> {
    if (this.#promised > 0) {
      const found = Number(at(await this.#session.request("GET", this.#path()), "number"));
      assert.ok(found === this.#promised || found === this.#promised + 1, `${found} is not after ${this.#promised}`);
      const events = listAt(await this.#session.sync(), "account_data", "events");
      const synced = events.find((event) => at(event, "type") === TYPE);
      assert.equal(at(synced, "content", "number"), found, "/sync and the account data agree");
    }
    await this.#setNext();
  }

  async #setNext(): Promise<void> {
    await this.#session.request("PUT", this.#path(), { number: this.#promised + 1 });
    this.#promised += 1;
  }

  #path(): string {
    return encode`user/${this.#session.userId}/account_data/${TYPE}`;
  }
}
