import { type Device, type Sighting, updateSeen } from "./devices.store.ts";
import { commitFor, type Needs } from "./needs.ts";

/** Some 300 bytes each; what comes above it is forgotten, which costs a late time in a device list. */
const entryLimit = 50_000;

/** Transactions that wait for the database at a time. */
const batchSize = 200;

/** When devices were last used. Collected in memory and written now and then: a request never waits for it. */
export class LastSeen {
  readonly #needs: Needs;
  #pending = new Map<string, Sighting>();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  note(sighting: Sighting): void {
    const key = toKey(sighting.userId, sighting.deviceId);
    if (this.#pending.size < entryLimit || this.#pending.has(key)) this.#pending.set(key, sighting);
  }

  /** A device with what is not written yet. */
  update(userId: string, device: Device): Device {
    const sighting = this.#pending.get(toKey(userId, device.deviceId));
    if (!sighting || sighting.seenAt <= device.lastSeenAt) return device;
    const { seenAt, address, userAgent } = sighting;
    return { ...device, lastSeenAt: seenAt, lastSeenAddress: address, lastSeenUserAgent: userAgent };
  }

  /** Writes what was collected. What the database does not take is lost, which does no harm. */
  async flush(): Promise<void> {
    const sightings = [...this.#pending.values()];
    this.#pending = new Map();
    for (let start = 0; start < sightings.length; start += batchSize) {
      const batch = sightings.slice(start, start + batchSize);
      await Promise.all(batch.map((one) => commitFor(this.#needs, one.userId, (tx) => updateSeen(tx, one))));
    }
  }
}

/** NUL stands in no user ID. */
const toKey = (userId: string, deviceId: string): string => `${userId}\0${deviceId}`;
