import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { endpoint } from "../../http/endpoint.ts";
import { missingToken, unknownToken } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import { readOwner } from "./openid-tokens.store.ts";
import { hashToken } from "./request-token.endpoint.ts";

export interface UserinfoNeeds {
  readonly sql: Sql;
  readonly clock: Clock;
}

/**
 * Says whose token it is. The services that ask (integration managers, the gate of calls) are no Matrix servers: they sign
 * nothing, and look for it where clients find the server as well, whether or not it federates.
 * @see https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1openiduserinfo
 */
export const exchangeOpenIdToken = ({ sql, clock }: UserinfoNeeds) =>
  endpoint({
    method: "GET",
    path: "/_matrix/federation/v1/openid/userinfo",
    surface: ["federation", "client"],
    auth: "none",
    limit: "federation",
    params: Type.Object({}),
    query: Type.Object({ access_token: Type.Optional(Type.String()) }),

    async handle({ query }) {
      if (query.access_token === undefined) throw missingToken("A token of a user is needed");
      const userId = await readOwner(sql, hashToken(query.access_token), clock.now());
      if (userId === undefined) throw unknownToken(false, "The token is not known, or has expired");
      return { sub: userId };
    },
  });
