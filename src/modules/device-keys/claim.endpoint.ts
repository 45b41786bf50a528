import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import type { Claims } from "./claims.ts";
import { byServer } from "./remote-users.ts";

interface Needs {
  readonly claims: Claims;
  readonly serverName: string;
}

/**
 * Takes a one-time key of each device named, or its fallback key. Users, devices and algorithms without a key are left out.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysclaim
 */
export const claimKeys = ({ claims, serverName }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/keys/claim",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({}),
    body: Type.Object({
      // Nothing is waited for.
      timeout: Type.Optional(Type.Integer()),
      one_time_keys: Type.Record(Type.String(), Type.Record(Type.String(), Type.String())),
    }),

    async handle({ body }) {
      const { local, failures } = byServer(body.one_time_keys, serverName);
      const wanted = local.flatMap(([userId, devices]) =>
        Object.entries(devices).map(([deviceId, algorithm]) => ({ userId, deviceId, algorithm })),
      );
      return { failures, one_time_keys: await claims.claim(wanted) };
    },
  });
