import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { endpoint } from "../../http/endpoint.ts";

/**
 * Ends the session of the request, and deletes its device.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3logout
 */
export const postLogout = ({ devices }: Pick<Users, "devices">) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/logout",
    auth: "user-or-guest",
    // Also with a locked account: https://spec.matrix.org/v1.19/client-server-api/#account-locking
    locked: "allowed",
    limit: "none",
    params: Type.Object({}),

    async handle({ requester }) {
      await devices.delete(requester.userId, [requester.deviceId]);
      return {};
    },
  });
