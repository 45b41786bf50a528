/*
 * How messages leave. A client has what lies at or below the cursor of its sync token: when it comes with the token of the
 * answer that told them, they are deleted. Memory keeps for each device up to where messages were told that are not
 * deleted yet, so that a sync with nothing to tell and nothing to delete asks no database. A device that memory does not
 * know (after a start, or long away) is looked up once.
 */
import { boundedCache } from "../../bounded-cache.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Sql } from "../../store/sql.ts";
import {
  type DeviceName,
  deleteAllOf,
  deleteMessagesUpTo,
  readWaiting,
  type WaitingMessage,
} from "./to-device.store.ts";

/** Messages in one answer, as the specification recommends. */
const PAGE = 100;
const REMEMBERED_DEVICES = 50_000;

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
}

/** The next messages of a device. */
export interface Page {
  /** JSON texts of events. */
  readonly events: readonly string[];
  /** The position of the last of them, when more wait. */
  readonly upTo: number | undefined;
}

/** The messages that wait for devices. */
export class Queues {
  readonly #needs: Needs;
  /** Up to where messages were told that are not deleted; 0: all that were told are deleted. */
  readonly #told = boundedCache<string, number>(REMEMBERED_DEVICES);

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Whether messages that were told are to be deleted, or may be: of a device that memory does not know. */
  isToldSome(device: DeviceName): boolean {
    return this.#told.get(keyOf(device)) !== 0;
  }

  /** Deletes what the client has (up to `cursor`, 0: nothing), and gives what comes next, up to `until`. */
  async page(device: DeviceName, cursor: number, until: number): Promise<Page> {
    const told = this.#told.get(keyOf(device));
    const isUnknown = told === undefined;
    let waiting = await this.#read(device, isUnknown ? 0 : cursor, until);
    const isAnyLeft = isUnknown ? (waiting[0]?.position ?? Number.POSITIVE_INFINITY) <= cursor : told > 0;
    if (isAnyLeft && cursor > 0) {
      await this.#needs.partitions.of(device.userId).commit(device.userId, (tx) => {
        deleteMessagesUpTo(tx, device, cursor);
      });
      if (isUnknown) waiting = await this.#read(device, cursor, until);
    }
    const page = waiting.slice(0, PAGE);
    const last = page.at(-1)?.position;
    this.#note(device, cursor, last ?? 0);
    return { events: page.map(({ json }) => json), upTo: waiting.length > PAGE ? last : undefined };
  }

  /** Deletes everything of a device, as a part of a transaction. */
  deleteIn(tx: Tx, device: DeviceName): void {
    deleteAllOf(tx, device);
    tx.afterCommit(() => this.#told.delete(keyOf(device)));
  }

  async #read(device: DeviceName, after: number, until: number): Promise<readonly WaitingMessage[]> {
    return await readWaiting(this.#needs.sql, device, { after, until, limit: PAGE + 1 });
  }

  /** Another request of the same device may have told more meanwhile. */
  #note(device: DeviceName, deletedTo: number, toldTo: number): void {
    const before = this.#told.get(keyOf(device)) ?? 0;
    this.#told.set(keyOf(device), Math.max(before > deletedTo ? before : 0, toldTo));
  }
}

const keyOf = ({ userId, deviceId }: DeviceName): string => `${userId}|${deviceId}`;
