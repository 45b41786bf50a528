import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { endpoint } from "../../http/endpoint.ts";
import { missingParam, unknownError, userDeactivated } from "../../http/errors.ts";
import type { Limiter } from "../../http/rate-limits.ts";
import { identifierSchema, namedUserId, wrongCredentials } from "./identifier.ts";
import { newDeviceSchema, sessionStartOf, toSessionJson } from "./session-json.ts";

const path = "/_matrix/client/v3/login";

/**
 * Says how people may log in.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3login
 */
export const getLogin = () =>
  endpoint({
    method: "GET",
    path,
    auth: "none",
    limit: "none",
    params: Type.Object({}),
    handle: async () => ({ flows: [{ type: "m.login.password" }] }),
  });

interface Needs {
  readonly users: Pick<Users, "accounts" | "sessions">;
  readonly serverName: string;
  readonly publicBaseUrl: string | undefined;
  /** Guessing passwords is limited by the account as well, since addresses are cheap. */
  readonly limiter: Pick<Limiter, "require">;
}

/**
 * Starts a session with a password.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3login
 */
export const postLogin = ({ users, serverName, publicBaseUrl, limiter }: Needs) =>
  endpoint({
    method: "POST",
    path,
    auth: "none",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({
      type: Type.String(),
      identifier: Type.Optional(identifierSchema),
      user: Type.Optional(Type.String()),
      password: Type.Optional(Type.String()),
      ...newDeviceSchema,
    }),

    async handle({ body }) {
      if (body.type !== "m.login.password") throw unknownError(400, `There is no login type ${body.type} here`);
      if (body.password === undefined) throw missingParam("A password is needed");
      const userId = namedUserId(body, serverName);
      limiter.require("login", userId);
      const account = await users.accounts.checkPassword(userId, body.password);
      if (!account) {
        // Deactivated accounts have no password any more, and everybody may know that their name is taken.
        if ((await users.accounts.get(userId))?.isDeactivated) throw userDeactivated();
        throw wrongCredentials();
      }
      const session = await users.sessions.start(sessionStartOf(account.userId, body));
      const wellKnown = publicBaseUrl && { well_known: { "m.homeserver": { base_url: publicBaseUrl } } };
      return { ...toSessionJson(session, serverName), ...wellKnown };
    },
  });
