import type { Users } from "../../engine/users/users.ts";
import type { Limiter } from "../../http/rate-limits.ts";
import type { Module } from "../module.ts";
import { getLogin, postLogin } from "./login.endpoint.ts";
import { postLogoutAll } from "./logout-all.endpoint.ts";
import { postLogout } from "./logout.endpoint.ts";
import { postRefresh } from "./refresh.endpoint.ts";

export { deviceIdSchema, deviceNameSchema, newDeviceSchema, sessionStartOf, toSessionJson } from "./session-json.ts";

interface Needs {
  readonly users: Pick<Users, "accounts" | "sessions" | "devices">;
  readonly serverName: string;
  readonly publicBaseUrl: string | undefined;
  readonly limiter: Pick<Limiter, "require">;
}

/** Sessions: begun with a password, refreshed, ended. */
export const login = (needs: Needs): Module => ({
  name: "login",
  spec: [
    {
      section: "Login",
      link: "https://spec.matrix.org/v1.19/client-server-api/#legacy-login",
      status: "partial",
      missing: "Login by token, single sign-on, application service or third-party identifier; the fallback page",
    },
    {
      section: "Refreshing access tokens",
      link: "https://spec.matrix.org/v1.19/client-server-api/#refreshing-access-tokens",
      status: "complete",
    },
  ],
  endpoints: [
    getLogin(),
    postLogin(needs),
    postRefresh(needs.users),
    postLogout(needs.users),
    postLogoutAll(needs.users),
  ],
});
