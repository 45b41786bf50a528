import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Sql } from "../../store/sql.ts";
import type { Uploads } from "../device-keys/index.ts";
import type { Module } from "../module.ts";
import { deleteDehydratedDevice, getDehydratedDevice, putDehydratedDevice } from "./dehydrated-device.endpoint.ts";
import { DehydratedDevices } from "./dehydrated-devices.ts";
import { postDehydratedEvents } from "./events.endpoint.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: Partitions;
  readonly users: Pick<Users, "devices">;
  readonly uploads: Uploads;
}

/** Devices without a session, which receive keys while nobody is logged in. */
export const dehydratedDevices = ({ users, ...needs }: Needs): Module => {
  const dehydrated = new DehydratedDevices({ ...needs, ...users });
  return {
    name: "dehydrated-devices",
    spec: [],
    features: ["org.matrix.msc3814"],
    endpoints: [
      putDehydratedDevice({ dehydrated }),
      getDehydratedDevice({ dehydrated }),
      deleteDehydratedDevice({ dehydrated }),
      postDehydratedEvents({ ...needs, dehydrated }),
    ],
  };
};
