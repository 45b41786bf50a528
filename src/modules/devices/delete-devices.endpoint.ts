import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { deviceIdSchema } from "../login/index.ts";
import { authSchema, type Uia } from "../user-interactive-authentication/index.ts";

const path = "/_matrix/client/v3/delete_devices";

/** All of them are deleted in one transaction. */
const maximumDevices = 1000;

/**
 * Deletes several devices, once the user has given the password again.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3delete_devices
 */
export const deleteDevices = ({ devices, uia }: { readonly devices: Users["devices"]; readonly uia: Uia }) =>
  endpoint({
    method: "POST",
    path,
    auth: "user",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({ auth: authSchema, devices: Type.Array(deviceIdSchema, { maxItems: maximumDevices }) }),

    async handle({ body, requester: { userId } }) {
      const authenticated = await uia.require({ operation: `POST ${path}`, userId, body }, [["m.login.password"]]);
      if (authenticated instanceof Answer) return authenticated;
      await devices.delete(userId, [...new Set(body.devices)]);
      await authenticated.end();
      return {};
    },
  });
