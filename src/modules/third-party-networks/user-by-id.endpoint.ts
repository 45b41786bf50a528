import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";

/**
 * The users of other networks for whom a Matrix user stands: none.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3thirdpartyuser
 */
export const queryUserByID = () =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/thirdparty/user",
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    query: Type.Object({ userid: Type.String() }),
    handle: async () => {
      throw notFound("This user stands for nobody of another network");
    },
  });
