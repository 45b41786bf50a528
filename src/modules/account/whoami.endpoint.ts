import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";

/**
 * Says who an access token belongs to.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3accountwhoami
 */
export const getWhoami = () =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/account/whoami",
    auth: "user-or-guest",
    limit: "reading",
    params: Type.Object({}),
    handle: async ({ requester: { userId, deviceId, isGuest } }) => ({
      user_id: userId,
      ...(deviceId !== "" && { device_id: deviceId }),
      is_guest: isGuest,
    }),
  });
