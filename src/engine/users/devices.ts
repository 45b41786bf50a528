import type { Tx } from "../partitions/tx.ts";
import {
  type Device,
  deleteDevice,
  insertDevice,
  listDevices,
  type NewDevice,
  readDevice,
  renameDevice,
} from "./devices.store.ts";
import type { LastSeen } from "./last-seen.ts";
import { commitFor, type Needs } from "./needs.ts";
import type { SessionCache } from "./session-cache.ts";
import { deleteDeviceTokens } from "./tokens.store.ts";

/** What happened to devices of a user. */
export interface DeviceChange {
  readonly kind: "added" | "renamed" | "deleted";
  readonly userId: string;
  readonly deviceIds: readonly string[];
}

/** Called while the transaction of the change is recorded: what it adds (deleting keys, positions) is part of it. */
export type DeviceListener = (tx: Tx, change: DeviceChange) => void;

/** The devices of accounts. Deleting one ends its sessions. */
export class Devices {
  readonly #needs: Needs;
  readonly #cache: SessionCache;
  readonly #lastSeen: LastSeen;
  readonly #listeners: DeviceListener[] = [];

  constructor(needs: Needs, parts: { readonly cache: SessionCache; readonly lastSeen: LastSeen }) {
    this.#needs = needs;
    this.#cache = parts.cache;
    this.#lastSeen = parts.lastSeen;
  }

  /** Modules that keep something by device follow its changes. */
  onChange(listener: DeviceListener): void {
    this.#listeners.push(listener);
  }

  /** All devices of a user, in the order of their IDs. */
  async list(userId: string): Promise<Device[]> {
    const devices = await listDevices(this.#needs.sql, userId);
    return devices.map((device) => this.#lastSeen.update(userId, device));
  }

  async get(userId: string, deviceId: string): Promise<Device | undefined> {
    const device = await readDevice(this.#needs.sql, userId, deviceId);
    return device && this.#lastSeen.update(userId, device);
  }

  /** @returns whether there is such a device. */
  async rename(userId: string, deviceId: string, displayName: string | null): Promise<boolean> {
    const { changes } = await commitFor(this.#needs, userId, (tx) => {
      this.announce(tx, { kind: "renamed", userId, deviceIds: [deviceId] });
      return renameDevice(tx, userId, deviceId, displayName);
    });
    return changes === 1;
  }

  /** Adds a device without a session, as a part of a larger transaction. Nothing happens to one that is there. */
  addIn(tx: Tx, device: Pick<NewDevice, "userId" | "deviceId" | "displayName">): void {
    insertDevice(tx, { ...device, createdAt: this.#needs.clock.now() });
    this.announce(tx, { kind: "added", userId: device.userId, deviceIds: [device.deviceId] });
  }

  /** Deletes devices with their sessions; unknown ones are passed over. */
  async delete(userId: string, deviceIds: readonly string[]): Promise<void> {
    if (deviceIds.length === 0) return;
    await commitFor(this.#needs, userId, (tx) => this.deleteIn(tx, userId, deviceIds));
  }

  /** Deletes the devices of a user, except one. */
  async deleteAll(userId: string, except?: string): Promise<void> {
    await this.delete(userId, await this.idsExcept(userId, except));
  }

  /** The device IDs of a user, except one. */
  async idsExcept(userId: string, except: string | undefined): Promise<string[]> {
    const devices = await listDevices(this.#needs.sql, userId);
    return devices.map((device) => device.deviceId).filter((deviceId) => deviceId !== except);
  }

  /** As `delete`, as a part of a larger transaction. */
  deleteIn(tx: Tx, userId: string, deviceIds: readonly string[]): void {
    const gone = deviceIds.map((deviceId) => {
      deleteDevice(tx, userId, deviceId);
      return deleteDeviceTokens(tx, userId, deviceId);
    });
    tx.afterCommit(() => this.#cache.forget(gone.flatMap(({ rows }) => rows.map((row) => row.tokenHash))));
    this.announce(tx, { kind: "deleted", userId, deviceIds });
  }

  /** For the engine itself: tells the listeners. */
  announce(tx: Tx, change: DeviceChange): void {
    for (const listener of this.#listeners) listener(tx, change);
  }
}
