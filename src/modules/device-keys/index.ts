import type { Tx } from "../../engine/partitions/tx.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Sql } from "../../store/sql.ts";
import type { Module } from "../module.ts";
import { getKeysChanges } from "./changes.endpoint.ts";
import { claimKeys } from "./claim.endpoint.ts";
import { Claims } from "./claims.ts";
import type { CrossSigning } from "./cross-signed.ts";
import { deleteDeviceKeys } from "./device-keys.store.ts";
import type { DeviceLists } from "./device-lists.ts";
import { deviceListsSection } from "./device-lists.sync.ts";
import { KeyCountsOfDevices } from "./key-counts.ts";
import { keyCountsSection } from "./key-counts.sync.ts";
import { type DeviceName, deleteKeysOf } from "./one-time-keys.store.ts";
import { postKeysQuery } from "./query.endpoint.ts";
import { uploadKeys } from "./upload.endpoint.ts";
import { Uploads } from "./uploads.ts";

export type { CrossSigned, CrossSigning } from "./cross-signed.ts";
export { readDeviceKeysOf, type StoredDeviceKeys } from "./device-keys.store.ts";
export { type DeviceListNews, DeviceLists } from "./device-lists.ts";
export type { DeviceName } from "./one-time-keys.store.ts";
export { deviceKeysSchema, keysSchema, readUpload } from "./upload-json.ts";
export type { Uploads } from "./uploads.ts";

interface PartsNeeds {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly deviceLists: DeviceLists;
  readonly crossSigning: CrossSigning;
}

/** What takes the keys of devices, for this module and for others that upload keys. */
export interface DeviceKeyParts {
  readonly uploads: Uploads;
  readonly counts: KeyCountsOfDevices;
}

/** Makes the parts that other modules use as well. */
export function createDeviceKeys({ deviceLists: lists, crossSigning, ...needs }: PartsNeeds): DeviceKeyParts {
  const counts = new KeyCountsOfDevices(needs.sql);
  const onReplaced = (tx: Tx, device: DeviceName): void => crossSigning.deviceReplaced(tx, device);
  return { counts, uploads: new Uploads({ ...needs, lists, counts, onReplaced }) };
}

interface Needs extends PartsNeeds {
  readonly users: Pick<Users, "devices">;
  readonly parts: DeviceKeyParts;
  readonly serverName: string;
}

/** Keys of devices for end-to-end encryption, and who is told that they changed. */
export const deviceKeys = (needs: Needs): Module => {
  const { crossSigning, deviceLists: lists } = needs;
  const { counts, uploads } = needs.parts;
  needs.users.devices.onChange((tx, { kind, userId, deviceIds }) => {
    if (deviceIds.length === 0) return;
    lists.announce(tx, userId);
    if (kind !== "deleted") return;
    for (const deviceId of deviceIds) {
      const device = { userId, deviceId };
      deleteDeviceKeys(tx, userId, deviceId);
      deleteKeysOf(tx, device);
      crossSigning.deviceReplaced(tx, device);
      tx.afterCommit(() => counts.forget(device));
    }
  });
  return {
    name: "device-keys",
    spec: [
      {
        section: "Device keys, one-time and fallback keys, device lists",
        link: "https://spec.matrix.org/v1.19/client-server-api/#key-distribution",
        status: "partial",
        missing: "keys of users of other servers",
      },
    ],
    endpoints: [
      uploadKeys({ uploads, counts }),
      postKeysQuery(needs),
      claimKeys({ claims: new Claims({ ...needs, counts }), serverName: needs.serverName }),
      getKeysChanges({ lists }),
    ],
    sync: [deviceListsSection(lists), keyCountsSection(counts)],
    dispose: () => lists[Symbol.dispose](),
  };
};
