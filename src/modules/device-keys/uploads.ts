import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import { invalidParam } from "../../http/errors.ts";
import type { Row, Sql } from "../../store/sql.ts";
import type { DeviceLists } from "./device-lists.ts";
import { readDeviceKeys, writeDeviceKeys } from "./device-keys.store.ts";
import type { KeyCountsOfDevices } from "./key-counts.ts";
import {
  type DeviceName,
  insertOneTimeKeys,
  type KnownKey,
  type OneTimeKey,
  readFallbacks,
  readKnownKeys,
  writeFallbackKey,
} from "./one-time-keys.store.ts";

/** Keys that a device may have waiting to be claimed: ten times what clients keep ready. */
export const ONE_TIME_KEY_LIMIT = 1_000;
/** Algorithms for which a device may have a fallback key. */
export const FALLBACK_KEY_LIMIT = 10;

/** What a device uploads. */
export interface Upload {
  /** Canonical JSON text. */
  readonly deviceKeys: string | undefined;
  readonly oneTimeKeys: readonly OneTimeKey[];
  readonly fallbackKeys: readonly OneTimeKey[];
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly lists: DeviceLists;
  readonly counts: KeyCountsOfDevices;
  /** Called when the keys of a device are replaced by others, in the same transaction. */
  readonly onReplaced: (tx: Tx, device: DeviceName) => void;
}

/** What is to be written of an upload. */
interface Prepared {
  /** Gives how many of the one-time keys were stored. */
  readonly write: ((tx: Tx) => QueryResult<Row> | undefined) | undefined;
  /** One-time keys that are to be stored. */
  readonly freshCount: number;
}

/** Takes the keys that devices upload. */
export class Uploads {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * Stores all of an upload or nothing. What is there already, claimed or not, is not stored again.
   * @throws MatrixError 400 `M_INVALID_PARAM` when a key ID stands for another key, or there are too many keys
   */
  async store(device: DeviceName, upload: Upload): Promise<void> {
    const { write, freshCount } = await this.prepare(device, upload);
    if (!write) return;
    const inserted = await this.#needs.partitions.of(device.userId).commit(device.userId, write);
    // Another upload of the device came in between: it may have given the ID to another key.
    if (inserted && inserted.changes < freshCount) await this.#freshOf(device, upload.oneTimeKeys);
  }

  /** As `store`, to be written as a part of a larger transaction. `write` is absent when there is nothing to write. */
  async prepare(device: DeviceName, { deviceKeys, oneTimeKeys, fallbackKeys }: Upload): Promise<Prepared> {
    const { sql, counts } = this.#needs;
    const before = deviceKeys && (await readDeviceKeys(sql, device.userId, device.deviceId));
    const isChanged = deviceKeys !== undefined && deviceKeys !== before;
    const fresh = oneTimeKeys.length === 0 ? [] : await this.#freshOf(device, oneTimeKeys);
    if (fresh.length > 0) await this.#checkCount(device, fresh.length);
    if (fallbackKeys.length > 0) await this.#checkFallbacks(device, fallbackKeys);
    const freshCount = fresh.length;
    if (!isChanged && freshCount === 0 && fallbackKeys.length === 0) return { write: undefined, freshCount };
    const write = (tx: Tx) => {
      if (isChanged) this.#writeDeviceKeys(tx, device, deviceKeys, before !== undefined);
      for (const key of fallbackKeys) writeFallbackKey(tx, device, key);
      tx.afterCommit(() => counts.forget(device));
      if (freshCount === 0) return undefined;
      return insertOneTimeKeys(tx, sql.dialect, { device, keys: fresh, position: tx.nextPosition() });
    };
    return { write, freshCount };
  }

  #writeDeviceKeys(tx: Tx, device: DeviceName, json: string, isReplacement: boolean): void {
    writeDeviceKeys(tx, device.userId, device.deviceId, json);
    if (isReplacement) this.#needs.onReplaced(tx, device);
    this.#needs.lists.announce(tx, device.userId);
  }

  /** Those that were not uploaded before. */
  async #freshOf(device: DeviceName, keys: readonly OneTimeKey[]): Promise<OneTimeKey[]> {
    const keyIds = keys.map(({ keyId }) => keyId);
    const known = await readKnownKeys(this.#needs.sql, device, keyIds);
    const byName = new Map<string, KnownKey>(known.map((key) => [nameOf(key), key]));
    return keys.filter((key) => {
      const other = byName.get(nameOf(key));
      if (!other) return true;
      const isSame = other.json === key.json;
      // A client may count its keys anew; what was claimed is nobody's ID any more.
      if (!isSame && other.claimed === 0) throw invalidParam(`There is another one-time key ${nameOf(key)}`);
      return !isSame;
    });
  }

  async #checkCount(device: DeviceName, added: number): Promise<void> {
    const { oneTimeKeys } = await this.#needs.counts.of(device);
    const count = Object.values(oneTimeKeys).reduce((sum, each) => sum + each, 0);
    if (count + added > ONE_TIME_KEY_LIMIT)
      throw invalidParam(`A device may have ${ONE_TIME_KEY_LIMIT} one-time keys; it has ${count}`);
  }

  async #checkFallbacks(device: DeviceName, keys: readonly OneTimeKey[]): Promise<void> {
    const algorithms = new Set(keys.map(({ algorithm }) => algorithm));
    if (algorithms.size < keys.length) throw invalidParam("Only one fallback key of an algorithm can be kept");
    for (const { algorithm } of await readFallbacks(this.#needs.sql, device)) algorithms.add(algorithm);
    if (algorithms.size > FALLBACK_KEY_LIMIT)
      throw invalidParam(`A device may have fallback keys of ${FALLBACK_KEY_LIMIT} algorithms`);
  }
}

const nameOf = ({ algorithm, keyId }: Pick<OneTimeKey, "algorithm" | "keyId">): string => `${algorithm}:${keyId}`;
