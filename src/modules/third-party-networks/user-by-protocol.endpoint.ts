import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { unknownProtocol } from "./unknown-protocol.ts";

/**
 * The Matrix users who stand for a user of another network.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3thirdpartyuserprotocol
 */
export const queryUserByProtocol = () =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/thirdparty/user/{protocol}",
    auth: "user",
    limit: "none",
    params: Type.Object({ protocol: Type.String() }),

    handle: async ({ params: { protocol } }) => {
      throw unknownProtocol(protocol);
    },
  });
