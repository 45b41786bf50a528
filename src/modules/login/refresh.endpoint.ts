import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { endpoint } from "../../http/endpoint.ts";
import { missingParam, unknownToken } from "../../http/errors.ts";
import { toRefreshJson } from "./session-json.ts";

/**
 * Gives new tokens for a refresh token. The used one stays valid until one of the new ones is seen.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3refresh
 */
export const postRefresh = ({ sessions }: Pick<Users, "sessions">) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/refresh",
    auth: "none",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({ refresh_token: Type.Optional(Type.String()) }),

    async handle({ body }) {
      if (body.refresh_token === undefined) throw missingParam("A refresh token is needed");
      const session = await sessions.refresh(body.refresh_token);
      if (!session) throw unknownToken(false, "The refresh token is not known");
      return { access_token: session.accessToken, ...toRefreshJson(session) };
    },
  });
