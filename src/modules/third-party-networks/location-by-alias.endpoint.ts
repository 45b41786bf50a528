import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";

/**
 * The places of other networks that a room leads to: none.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3thirdpartylocation
 */
export const queryLocationByAlias = () =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/thirdparty/location",
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    query: Type.Object({ alias: Type.String() }),
    handle: async () => {
      throw notFound("This alias leads to no place of another network");
    },
  });
