import { boundedCache } from "../../bounded-cache.ts";
import type { SyncToken } from "../../engine/streams/sync-token.ts";

const DEVICES = 10_000;
const MEMBERS_OF_A_DEVICE = 5_000;

interface Device {
  readonly userId: string;
  readonly deviceId: string;
}

/**
 * Which members each device was told of, for lazy loading, and with which answer: one that never arrived is asked for
 * again from an earlier token. Forgetting costs a member told twice, which is allowed.
 * @see https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
 */
export class SentMembers {
  /** Room and member to the position up to which the answer told that had them first. */
  readonly #devices = boundedCache<string, Map<string, number>>(DEVICES);

  /** Whether a device that stands at `since` was told of a member. */
  has(device: Device, roomId: string, { member, since }: { member: string; since: SyncToken | undefined }): boolean {
    const sentAt = this.#devices.get(keyOf(device))?.get(`${roomId}|${member}`);
    return sentAt !== undefined && since !== undefined && sentAt <= since.position;
  }

  /** Notes that the answer up to `at` tells of a member. */
  add(device: Device, roomId: string, { member, at }: { member: string; at: SyncToken }): void {
    let members = this.#devices.get(keyOf(device));
    if (!members) {
      members = new Map<string, number>();
      this.#devices.set(keyOf(device), members);
    }
    const key = `${roomId}|${member}`;
    if (members.has(key)) return;
    if (members.size >= MEMBERS_OF_A_DEVICE) members.clear();
    members.set(key, at.position);
  }

  /** After an initial sync the device knows nobody. */
  reset(device: Device): void {
    this.#devices.delete(keyOf(device));
  }
}

const keyOf = ({ userId, deviceId }: Device): string => `${userId}|${deviceId}`;
