import type { Partition } from "../../engine/partitions/partition.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { JsonValue } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import type { KeyCountsOfDevices } from "./key-counts.ts";
import { type ClaimedKey, claimKeys, type Wanted } from "./one-time-keys.store.ts";

/** Keys that one transaction claims. */
const CLAIMED_AT_ONCE = 500;

interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly counts: KeyCountsOfDevices;
}

/** Keys by user, device and name. */
export type ClaimedKeys = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, JsonValue>>>>>>;

/** Gives keys out: each one-time key once, to whoever is the first in the log of its owner's partition. */
export class Claims {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Resolves with the keys when it is durable that they are given out. Nothing may be wanted twice of one device. */
  async claim(wanted: readonly Wanted[]): Promise<ClaimedKeys> {
    const possible = wanted.filter(({ deviceId, algorithm }) => !`${deviceId}${algorithm}`.includes("\0"));
    const byPartition = Map.groupBy(possible, ({ userId }) => this.#needs.partitions.of(userId));
    const claimed: ClaimedKey[] = [];
    for (const [partition, ofPartition] of byPartition) {
      for (let start = 0; start < ofPartition.length; start += CLAIMED_AT_ONCE)
        claimed.push(...(await this.#claim(partition, ofPartition.slice(start, start + CLAIMED_AT_ONCE))));
    }
    return toJson(claimed);
  }

  async #claim(partition: Pick<Partition, "commit">, wanted: readonly Wanted[]): Promise<ClaimedKey[]> {
    const { sql, counts } = this.#needs;
    const results = await partition.commit(wanted[0]?.userId ?? "", (tx) => {
      tx.afterCommit(() => {
        for (const device of wanted) counts.forget(device);
      });
      return claimKeys(tx, sql.dialect, { wanted, position: tx.nextPosition() });
    });
    return results.flatMap(({ rows }) => rows);
  }
}

function toJson(claimed: readonly ClaimedKey[]): ClaimedKeys {
  const byUser = [...Map.groupBy(claimed, ({ userId }) => userId)].map(([userId, ofUser]) => {
    const devices = ofUser.map(({ deviceId, algorithm, keyId, json }) => {
      const key: JsonValue = JSON.parse(json);
      return [deviceId, { [`${algorithm}:${keyId}`]: key }] as const;
    });
    return [userId, Object.fromEntries(devices)] as const;
  });
  return Object.fromEntries(byUser);
}
