import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";

/**
 * Lists the e-mail addresses and telephone numbers of the account: there are none yet, and clients ask.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3account3pid
 */
export const getAccount3PIDs = () =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/account/3pid",
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    handle: async () => ({ threepids: [] }),
  });
