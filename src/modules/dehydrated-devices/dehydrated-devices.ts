import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import { invalidParam, notFound } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import type { DeviceName, Uploads } from "../device-keys/index.ts";
import {
  type DehydratedDevice,
  deleteDehydrated,
  insertDehydrated,
  readDehydrated,
  removeDehydrated,
} from "./dehydrated-devices.store.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly devices: Users["devices"];
  readonly uploads: Uploads;
}

/** A dehydrated device to be made, with its keys. */
export interface NewDehydratedDevice extends DehydratedDevice {
  readonly displayName: string | undefined;
  readonly upload: Parameters<Uploads["prepare"]>[1];
}

/** The dehydrated devices: one for each user at most. */
export class DehydratedDevices {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
    needs.devices.onChange((tx, { kind, userId, deviceIds }) => {
      if (kind === "deleted") for (const deviceId of deviceIds) deleteDehydrated(tx, userId, deviceId);
    });
  }

  /** @throws MatrixError 404 `M_NOT_FOUND` */
  async require(userId: string): Promise<DehydratedDevice> {
    const found = await readDehydrated(this.#needs.sql, userId);
    if (!found) throw notFound("There is no dehydrated device");
    return found;
  }

  /**
   * Makes the device with all its keys, in place of the one that there was. The same one again changes nothing: the answer
   * to the first request may have got lost.
   * @throws MatrixError 400 `M_INVALID_PARAM` when the user has a device of this ID
   */
  async create(device: DeviceName, { displayName, upload, ...dehydrated }: NewDehydratedDevice): Promise<void> {
    const { sql, partitions, devices, uploads } = this.#needs;
    const { userId } = device;
    const before = await readDehydrated(sql, userId);
    if (before?.deviceId === device.deviceId && before.deviceData === dehydrated.deviceData) return;
    if (await devices.get(userId, device.deviceId)) throw invalidParam("You have a device of this ID");
    const { write } = await uploads.prepare(device, upload);
    const removed = await partitions.of(userId).commit(userId, (tx) => {
      const result = removeDehydrated(tx, userId);
      if (before) devices.deleteIn(tx, userId, [before.deviceId]);
      devices.addIn(tx, { ...device, displayName });
      insertDehydrated(tx, userId, dehydrated);
      write?.(tx);
      return result;
    });
    // Another one was made in between.
    const others = removed.rows.map(({ deviceId }) => deviceId).filter((deviceId) => deviceId !== before?.deviceId);
    await devices.delete(userId, others);
  }

  /** Deletes the device. */
  async delete(userId: string): Promise<string> {
    const { deviceId } = await this.require(userId);
    await this.#needs.devices.delete(userId, [deviceId]);
    return deviceId;
  }
}
