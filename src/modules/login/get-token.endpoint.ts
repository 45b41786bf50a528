import { Type } from "typebox";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { unrecognized } from "../../http/errors.ts";
import { authSchema, type Uia } from "../user-interactive-authentication/index.ts";
import type { LoginTokens } from "./login-tokens.ts";

const path = "/_matrix/client/v1/login/get_token";

interface Needs {
  readonly uia: Pick<Uia, "require">;
  readonly loginTokens: LoginTokens;
  readonly config: { readonly fromSessions: boolean; readonly lifetimeMs: number };
}

/**
 * Gives a token by which another client of the user logs in, once the user has authenticated for this very token: a
 * session of that is good for one, since it ends with it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv1loginget_token
 */
export const postGetToken = ({ uia, loginTokens, config }: Needs) =>
  endpoint({
    method: "POST",
    path,
    aliases: ["/_matrix/client/unstable/org.matrix.msc3882/login/token"],
    auth: "user",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({ auth: authSchema }),

    async handle({ body, requester: { userId } }) {
      if (!config.fromSessions) throw unrecognized();
      const authenticated = await uia.require({ operation: `POST ${path}`, userId, body }, [["m.login.password"]]);
      if (authenticated instanceof Answer) return authenticated;
      await authenticated.end();
      const token = await loginTokens.create(userId, config.lifetimeMs);
      return { login_token: token, expires_in_ms: config.lifetimeMs };
    },
  });
