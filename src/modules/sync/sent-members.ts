import { LRUCache } from "lru-cache";

const DEVICES = 10_000;
const MEMBERS_OF_A_DEVICE = 5_000;

/**
 * Which members each device was told of, for lazy loading. Forgetting costs a member told twice, which is allowed.
 * @see https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
 */
export class SentMembers {
  readonly #devices = new LRUCache<string, LRUCache<string, true>>({ max: DEVICES });

  /** After an initial sync the device knows nobody. */
  reset(userId: string, deviceId: string): void {
    this.#devices.delete(`${userId}|${deviceId}`);
  }

  /** Whether the device was told of a member; it is from now on. */
  markSent(viewer: { userId: string; deviceId: string }, roomId: string, member: string): boolean {
    const device = `${viewer.userId}|${viewer.deviceId}`;
    let members = this.#devices.get(device);
    if (!members) {
      members = new LRUCache<string, true>({ max: MEMBERS_OF_A_DEVICE });
      this.#devices.set(device, members);
    }
    const key = `${roomId}|${member}`;
    const wasSent = members.has(key);
    members.set(key, true);
    return wasSent;
  }
}
