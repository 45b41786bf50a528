import type { Users } from "../../engine/users/users.ts";
import type { Limiter } from "../../http/rate-limits.ts";
import type { Module } from "../module.ts";
import type { Uia } from "../user-interactive-authentication/index.ts";
import { postGetToken } from "./get-token.endpoint.ts";
import { getLogin, type IdentityProvider, postLogin } from "./login.endpoint.ts";
import { getLoginPage } from "./login-page.endpoint.ts";
import type { LoginTokens } from "./login-tokens.ts";
import type { Identifiers } from "../third-party-identifiers/index.ts";
import { postLogoutAll } from "./logout-all.endpoint.ts";
import { postLogout } from "./logout.endpoint.ts";
import { postRefresh } from "./refresh.endpoint.ts";

export type { IdentityProvider } from "./login.endpoint.ts";
export { namedInAuth } from "./identifier.ts";
export { createLoginTokens, type LoginTokens } from "./login-tokens.ts";
export { deviceIdSchema, deviceNameSchema, newDeviceSchema, sessionStartOf, toSessionJson } from "./session-json.ts";

interface Needs {
  readonly users: Pick<Users, "accounts" | "sessions" | "devices">;
  readonly serverName: string;
  readonly publicBaseUrl: string | undefined;
  readonly limiter: Pick<Limiter, "require">;
  readonly uia: Pick<Uia, "require">;
  readonly loginTokens: LoginTokens;
  /** Whether and for how long clients get login tokens for others. */
  readonly config: { readonly fromSessions: boolean; readonly lifetimeMs: number };
  /** Empty = there is no single sign-on. */
  readonly identityProviders: readonly IdentityProvider[];
  readonly identifiers: Pick<Identifiers, "userNamedBy">;
}

/** Sessions: begun with a password or a login token, refreshed, ended. */
export const login = (needs: Needs): Module => ({
  name: "login",
  spec: [
    {
      section: "Login",
      link: "https://spec.matrix.org/v1.19/client-server-api/#legacy-login",
      status: "partial",
      missing: "Login by application service",
    },
    {
      section: "Refreshing access tokens",
      link: "https://spec.matrix.org/v1.19/client-server-api/#refreshing-access-tokens",
      status: "complete",
    },
  ],
  endpoints: [
    getLogin({ ...needs, givesLoginTokens: needs.config.fromSessions }),
    postLogin(needs),
    postGetToken(needs),
    getLoginPage(needs.serverName),
    postRefresh(needs.users),
    postLogout(needs.users),
    postLogoutAll(needs.users),
  ],
});
