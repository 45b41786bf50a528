import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Sql } from "../../store/sql.ts";
import type { Module } from "../module.ts";
import { Queues } from "./queues.ts";
import { sendToDevice } from "./send-to-device.endpoint.ts";
import { Sender } from "./sender.ts";
import { toDeviceSection } from "./to-device.sync.ts";

export type { ToDeviceChange } from "./sender.ts";
export { readWaiting } from "./to-device.store.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly users: Pick<Users, "devices">;
  readonly clock: Clock;
  readonly serverName: string;
}

/** Messages from device to device, which wait until they are told. */
export const toDevice = (needs: Needs): Module => {
  const queues = new Queues(needs);
  needs.users.devices.onChange((tx, { kind, userId, deviceIds }) => {
    if (kind !== "deleted") return;
    for (const deviceId of deviceIds) queues.deleteIn(tx, { userId, deviceId });
  });
  return {
    name: "to-device",
    spec: [
      {
        section: "Send-to-Device messaging",
        link: "https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging",
        status: "partial",
        missing: "messages to and from users of other servers",
      },
    ],
    endpoints: [sendToDevice({ sender: new Sender(needs), serverName: needs.serverName })],
    sync: [toDeviceSection(queues)],
  };
};
