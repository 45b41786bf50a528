import type { Users } from "../../engine/users/users.ts";
import type { Module } from "../module.ts";
import type { Uia } from "../user-interactive-authentication/index.ts";
import { deleteDevices } from "./delete-devices.endpoint.ts";
import { deleteDevice, getDevice, updateDevice } from "./device.endpoint.ts";
import { getDevices } from "./devices.endpoint.ts";

interface Needs {
  readonly users: Pick<Users, "devices">;
  readonly uia: Uia;
}

/** The devices of a user. */
export const devices = ({ users, uia }: Needs): Module => ({
  name: "devices",
  spec: [
    {
      section: "Device management",
      link: "https://spec.matrix.org/v1.19/client-server-api/#device-management",
      status: "complete",
    },
  ],
  endpoints: [
    getDevices(users),
    getDevice(users),
    updateDevice(users),
    deleteDevice({ ...users, uia }),
    deleteDevices({ ...users, uia }),
  ],
});
