import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import type { Sql } from "../../store/sql.ts";
import type { CrossSigning } from "./cross-signed.ts";
import { queryKeys } from "./query.ts";
import { byServer } from "./remote-users.ts";

interface Needs {
  readonly sql: Sql;
  readonly crossSigning: CrossSigning;
  readonly serverName: string;
}

/**
 * The keys of users and their devices. Devices without keys are left out, as are users whom there are not.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery
 */
export const postKeysQuery = ({ serverName, ...needs }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/keys/query",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({}),
    body: Type.Object({
      // Nothing is waited for.
      timeout: Type.Optional(Type.Integer()),
      device_keys: Type.Record(Type.String(), Type.Array(Type.String())),
    }),

    async handle({ body, requester }) {
      const { local, failures } = byServer(body.device_keys, serverName);
      return new JsonText(await queryKeys(needs, local, { viewer: requester.userId, failures }));
    },
  });
