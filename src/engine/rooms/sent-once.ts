import type { Rooms } from "./rooms.ts";
import type { StoredEvent } from "./stored-event.ts";

/**
 * Lets a request that is repeated under the same transaction ID give the event that it made the first time. Those on
 * their way are remembered here; those that are done stand with their events in the database, for good.
 * @see https://spec.matrix.org/v1.19/client-server-api/#transaction-identifiers
 */
export class SentOnce {
  readonly #rooms: Rooms;
  readonly #onTheirWay = new Map<string, Promise<StoredEvent>>();

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  async send(txnKey: string, first: () => Promise<StoredEvent>): Promise<StoredEvent> {
    const known = this.#onTheirWay.get(txnKey);
    if (known) return await known;
    const sending = this.#sendUnlessDone(txnKey, first).finally(() => this.#onTheirWay.delete(txnKey));
    this.#onTheirWay.set(txnKey, sending);
    return await sending;
  }

  async #sendUnlessDone(txnKey: string, first: () => Promise<StoredEvent>): Promise<StoredEvent> {
    return (await this.#rooms.events.byTxnKey(txnKey)) ?? (await first());
  }
}
