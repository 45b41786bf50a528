import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { unknownProtocol } from "./unknown-protocol.ts";

/**
 * What a network needs to know of those who look for somebody there.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3thirdpartyprotocolprotocol
 */
export const getProtocolMetadata = () =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/thirdparty/protocol/{protocol}",
    auth: "user",
    limit: "none",
    params: Type.Object({ protocol: Type.String() }),

    handle: async ({ params: { protocol } }) => {
      throw unknownProtocol(protocol);
    },
  });
