import type { Change } from "../../bus/change.ts";
import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Sql } from "../../store/sql.ts";
import { QueueLimit, type QueueSize } from "./queue-limit.ts";
import { type DeviceName, deleteTxnsBefore, insertMessages, insertTxn, type NewMessage } from "./to-device.store.ts";

/** So long a request is known again. */
const TXN_LIFETIME_MS = 7 * 24 * 60 * 60_000;
const CLEANING_INTERVAL_MS = 10 * 60_000;

/** Published when messages were stored for a user. */
export interface ToDeviceChange extends Change {
  readonly kind: "to_device";
  readonly userId: string;
  /** Absent: all devices of the user may have one. */
  readonly deviceIds?: readonly string[];
}

/** A request to send messages, which may come again. */
export interface SendRequest {
  readonly from: DeviceName;
  /** Tells the request from all others of the device. */
  readonly key: string;
  readonly messages: readonly NewMessage[];
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  /** Absent: as long as servers let them be. */
  readonly queueSize?: QueueSize;
}

/** Puts messages into the queues of devices, all of a request or none, and those of a repeated request once. */
export class Sender {
  readonly #needs: Needs;
  readonly #limit: QueueLimit;
  #cleanedAt = 0;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#limit = new QueueLimit(needs, needs.queueSize);
  }

  /** Resolves when the messages are durable. */
  async send({ from, key, messages }: SendRequest): Promise<void> {
    await this.#needs.partitions.of(from.userId).commit(from.userId, (tx) => {
      const txn = { from, key, position: tx.nextPosition() };
      insertTxn(tx, txn, this.#needs.clock.now());
      insertMessages(tx, this.#needs.sql.dialect, txn, messages);
      for (const change of changesOf(messages, txn.position)) tx.publish(change);
      this.#clean(tx);
    });
    await this.#limit.noteSent(messages.map(({ userId }) => userId));
  }

  #clean(tx: Tx): void {
    const now = this.#needs.clock.now();
    if (now - this.#cleanedAt < CLEANING_INTERVAL_MS) return;
    this.#cleanedAt = now;
    deleteTxnsBefore(tx, now - TXN_LIFETIME_MS);
  }
}

/** A repeated request tells of messages that are not there: those who look find nothing. */
function changesOf(messages: readonly NewMessage[], position: number): ToDeviceChange[] {
  const byUser = Map.groupBy(messages, ({ userId }) => userId);
  return [...byUser].map(([userId, ofUser]) => {
    const deviceIds = ofUser.flatMap(({ deviceId }) => deviceId ?? []);
    const isForAll = deviceIds.length < ofUser.length;
    return { kind: "to_device", position, userId, ...(!isForAll && { deviceIds }) };
  });
}
