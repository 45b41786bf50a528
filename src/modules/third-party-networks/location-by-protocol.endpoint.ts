import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { unknownProtocol } from "./unknown-protocol.ts";

/**
 * The rooms that lead to a place of another network.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3thirdpartylocationprotocol
 */
export const queryLocationByProtocol = () =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/thirdparty/location/{protocol}",
    auth: "user",
    limit: "none",
    params: Type.Object({ protocol: Type.String() }),

    handle: async ({ params: { protocol } }) => {
      throw unknownProtocol(protocol);
    },
  });
