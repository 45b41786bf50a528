import { boundedCache } from "../../bounded-cache.ts";
import type { Sql } from "../../store/sql.ts";
import { type DeviceName, readFallbacks, readKeyCounts } from "./one-time-keys.store.ts";

const REMEMBERED_DEVICES = 50_000;

/** What a device is told of its keys. */
export interface KeyCounts {
  /** Left to be claimed, by algorithm. */
  readonly oneTimeKeys: Readonly<Record<string, number>>;
  /** Algorithms with a fallback key that was not claimed. */
  readonly unusedFallbackKeys: readonly string[];
}

/** Clients wait for this count to upload keys, and some take its absence for no news. */
const ALWAYS_COUNTED = { signed_curve25519: 0 };

/** How many keys devices have left. Every sync asks for it: what was looked up stays in memory until it changes. */
export class KeyCountsOfDevices {
  readonly #sql: Sql;
  readonly #known = boundedCache<string, KeyCounts>(REMEMBERED_DEVICES);
  /** Devices that are being looked up; one that changes meanwhile is taken out. */
  readonly #reading = new Map<string, object>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async of(device: DeviceName): Promise<KeyCounts> {
    const key = keyOf(device);
    const known = this.#known.get(key);
    if (known) return known;
    const reading = {};
    this.#reading.set(key, reading);
    try {
      const counts = await this.#read(device);
      if (this.#reading.get(key) === reading) this.#known.set(key, counts);
      return counts;
    } finally {
      if (this.#reading.get(key) === reading) this.#reading.delete(key);
    }
  }

  /** To be called when a device's keys have changed. */
  forget(device: DeviceName): void {
    this.#known.delete(keyOf(device));
    this.#reading.delete(keyOf(device));
  }

  async #read(device: DeviceName): Promise<KeyCounts> {
    const [counts, fallbacks] = await Promise.all([readKeyCounts(this.#sql, device), readFallbacks(this.#sql, device)]);
    return {
      oneTimeKeys: {
        ...ALWAYS_COUNTED,
        ...Object.fromEntries(counts.map(({ algorithm, count }) => [algorithm, count])),
      },
      unusedFallbackKeys: fallbacks.filter(({ used }) => used === 0).map(({ algorithm }) => algorithm),
    };
  }
}

const keyOf = ({ userId, deviceId }: DeviceName): string => `${userId}|${deviceId}`;
