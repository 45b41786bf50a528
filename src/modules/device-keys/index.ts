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

interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly users: Pick<Users, "devices">;
  readonly deviceLists: DeviceLists;
  readonly crossSigning: CrossSigning;
  readonly serverName: string;
}

/** Keys of devices for end-to-end encryption, and who is told that they changed. */
export const deviceKeys = (needs: Needs): Module => {
  const { crossSigning, deviceLists: lists } = needs;
  const counts = new KeyCountsOfDevices(needs.sql);
  const onReplaced = (tx: Tx, device: DeviceName): void => crossSigning.deviceReplaced(tx, device);
  const parts = { ...needs, lists, counts, onReplaced };
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
      uploadKeys({ uploads: new Uploads(parts), counts }),
      postKeysQuery(needs),
      claimKeys({ claims: new Claims(parts), serverName: needs.serverName }),
      getKeysChanges({ lists }),
    ],
    sync: [deviceListsSection(lists), keyCountsSection(counts)],
    dispose: () => lists[Symbol.dispose](),
  };
};
