import { hash, randomBytes } from "node:crypto";
import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import { insertToken } from "./openid-tokens.store.ts";

/** How long a token is good for: the service that it is meant for takes it to us at once. */
export const tokenLifetimeMs = 60 * 60 * 1000;

/** What is stored of a token. */
export const hashToken = (token: string): string => hash("sha256", token, "base64url");

export interface RequestNeeds {
  readonly partitions: Pick<Partitions, "of">;
  readonly clock: Clock;
  readonly serverName: string;
}

/**
 * Gives a token that says who the user is, and is good for nothing else.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridopenidrequest_token
 */
export const requestOpenIdToken = ({ partitions, clock, serverName }: RequestNeeds) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/user/{userId}/openid/request_token",
    auth: "user",
    limit: "message",
    suspended: "refused",
    params: Type.Object({ userId: Type.String() }),
    body: Type.Object({}),

    async handle({ params, requester: { userId } }) {
      if (params.userId !== userId) throw forbidden("Nobody gets a token for somebody else");
      const token = `hdlo_${randomBytes(32).toString("base64url")}`;
      const now = clock.now();
      const stored = { tokenHash: hashToken(token), userId, expiresAt: now + tokenLifetimeMs };
      await partitions.of(userId).commit(userId, (tx) => insertToken(tx, stored, now));
      return {
        access_token: token,
        token_type: "Bearer",
        matrix_server_name: serverName,
        expires_in: tokenLifetimeMs / 1000,
      };
    },
  });
