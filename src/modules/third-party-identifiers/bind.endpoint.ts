import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import type { Bindings } from "./bindings.ts";

/**
 * Publishes an identifier with the identity server where the user has validated it; its errors are passed on.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3account3pidbind
 */
export const bind3PID = ({ bindings }: { readonly bindings: Pick<Bindings, "bind"> }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/account/3pid/bind",
    aliases: ["/_matrix/client/unstable/account/3pid/bind"],
    auth: "user",
    limit: "validation",
    params: Type.Object({}),
    body: Type.Object({
      client_secret: Type.String({ maxLength: 255 }),
      id_server: Type.String({ maxLength: 255 }),
      id_access_token: Type.String({ maxLength: 4096 }),
      sid: Type.String({ maxLength: 255 }),
    }),

    async handle({ body, requester: { userId } }) {
      const { client_secret: clientSecret, id_server: idServer, id_access_token: idAccessToken, sid } = body;
      await bindings.bind({ userId, clientSecret, idServer, idAccessToken, sid });
      return {};
    },
  });
