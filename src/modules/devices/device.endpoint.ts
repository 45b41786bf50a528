import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { type MatrixError, notFound } from "../../http/errors.ts";
import { deviceIdSchema, deviceNameSchema } from "../login/index.ts";
import { authSchema, type Uia } from "../user-interactive-authentication/index.ts";
import { toDeviceJson } from "./device-json.ts";

const path = "/_matrix/client/v3/devices/{deviceId}";
const params = Type.Object({ deviceId: deviceIdSchema });

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3devicesdeviceid */
export const getDevice = ({ devices }: Pick<Users, "devices">) =>
  endpoint({
    method: "GET",
    path,
    auth: "user-or-guest",
    limit: "none",
    params,

    async handle({ params: { deviceId }, requester }) {
      const device = await devices.get(requester.userId, deviceId);
      if (!device) throw unknownDevice();
      return toDeviceJson(device);
    },
  });

/**
 * Names a device; without a name it stays as it is.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3devicesdeviceid
 */
export const updateDevice = ({ devices }: Pick<Users, "devices">) =>
  endpoint({
    method: "PUT",
    path,
    auth: "user-or-guest",
    limit: "none",
    params,
    body: Type.Object({ display_name: Type.Optional(deviceNameSchema) }),

    async handle({ params: { deviceId }, body, requester }) {
      const { userId } = requester;
      if (!(await devices.get(userId, deviceId))) throw unknownDevice();
      if (body.display_name === undefined) return {};
      if (!(await devices.rename(userId, deviceId, body.display_name))) throw unknownDevice();
      return {};
    },
  });

interface DeleteNeeds {
  readonly devices: Users["devices"];
  readonly uia: Uia;
}

/**
 * Deletes a device, once the user has given the password again. A device that is not there counts as deleted.
 * @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3devicesdeviceid
 */
export const deleteDevice = ({ devices, uia }: DeleteNeeds) =>
  endpoint({
    method: "DELETE",
    path,
    auth: "user",
    limit: "login",
    params,
    body: Type.Object({ auth: authSchema }),

    async handle({ params: { deviceId }, body, requester: { userId } }) {
      const operation = `DELETE ${path.replace("{deviceId}", encodeURIComponent(deviceId))}`;
      const authenticated = await uia.require({ operation, userId, body }, [["m.login.password"]]);
      if (authenticated instanceof Answer) return authenticated;
      await devices.delete(userId, [deviceId]);
      await authenticated.end();
      return {};
    },
  });

const unknownDevice = (): MatrixError => notFound("You have no such device");
