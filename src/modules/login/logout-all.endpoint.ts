import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { endpoint } from "../../http/endpoint.ts";

/**
 * Ends all sessions of the user, and deletes all devices.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3logoutall
 */
export const postLogoutAll = ({ devices }: Pick<Users, "devices">) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/logout/all",
    auth: "user",
    // Also with a locked account: https://spec.matrix.org/v1.19/client-server-api/#account-locking
    locked: "allowed",
    limit: "none",
    params: Type.Object({}),

    async handle({ requester }) {
      await devices.deleteAll(requester.userId);
      return {};
    },
  });
