import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { endpoint } from "../../http/endpoint.ts";
import { toDeviceJson } from "./device-json.ts";

/**
 * Lists the user's devices.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3devices
 */
export const getDevices = ({ devices }: Pick<Users, "devices">) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/devices",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({}),

    async handle({ requester }) {
      const list = await devices.list(requester.userId);
      return { devices: list.map(toDeviceJson) };
    },
  });
