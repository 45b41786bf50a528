import { boundedCache } from "../../bounded-cache.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Sql } from "../../store/sql.ts";
import { deleteOldest, readDeviceIds } from "./to-device.store.ts";

const REMEMBERED_USERS = 50_000;

/** How long queues may get. */
export interface QueueSize {
  /** Messages that a device has waiting; when there are more, the oldest go. */
  readonly kept: number;
  /** After so many messages to a user the queues are looked at: that many more may wait for a while. */
  readonly checkedEvery: number;
}

/** Months of a busy account. A client that comes back after more than that has its keys from the key backup. */
export const QUEUE_SIZE: QueueSize = { kept: 20_000, checkedEvery: 1_000 };

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
}

/** Keeps the queues of devices that never come back from growing for ever. */
export class QueueLimit {
  readonly #needs: Needs;
  readonly #size: QueueSize;
  /** Messages to a user since the queues were looked at. */
  readonly #received = boundedCache<string, number>(REMEMBERED_USERS);

  constructor(needs: Needs, size: QueueSize = QUEUE_SIZE) {
    this.#needs = needs;
    this.#size = size;
  }

  /** To be called when messages to these users were stored; a user is named for each message. */
  async noteSent(userIds: readonly string[]): Promise<void> {
    const due = new Set<string>();
    for (const userId of userIds) {
      const count = (this.#received.get(userId) ?? 0) + 1;
      this.#received.set(userId, count % this.#size.checkedEvery);
      if (count >= this.#size.checkedEvery) due.add(userId);
    }
    for (const userId of due) await this.#shorten(userId);
  }

  /** One commit for each device: others are not to wait for all of them. */
  async #shorten(userId: string): Promise<void> {
    const { sql, partitions } = this.#needs;
    for (const deviceId of await readDeviceIds(sql, userId))
      await partitions.of(userId).commit(userId, (tx) => deleteOldest(tx, { userId, deviceId }, this.#size.kept));
  }
}
