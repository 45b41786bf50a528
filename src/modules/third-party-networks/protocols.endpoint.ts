import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";

/**
 * The networks that bridges lead to: none.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3thirdpartyprotocols
 */
export const getProtocols = () =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/thirdparty/protocols",
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    handle: async () => ({}),
  });
