import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import { Visibility } from "./room-visibility.endpoint.ts";

/**
 * Lists a room for a network of an application service. Users may not, whoever they are.
 * @see https://spec.matrix.org/v1.19/application-service-api/#put_matrixclientv3directorylistappservicenetworkidroomid
 */
export const setNetworkVisibility = () =>
  endpoint({
    method: "PUT",
    path: "/_matrix/client/v3/directory/list/appservice/{networkId}/{roomId}",
    auth: "user",
    suspended: "refused",
    limit: "none",
    params: Type.Object({ networkId: Type.String(), roomId: Type.String() }),
    body: Type.Object({ visibility: Visibility }),

    handle: async () => {
      throw forbidden("Only application services list rooms for their networks");
    },
  });
