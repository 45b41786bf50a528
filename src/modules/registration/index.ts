import type { Users } from "../../engine/users/users.ts";
import type { Module } from "../module.ts";
import type { Uia } from "../user-interactive-authentication/index.ts";
import { getAvailable } from "./available.endpoint.ts";
import type { NewAccounts } from "./new-accounts.ts";
import { postRegister, type RegistrationMode } from "./register.endpoint.ts";
import type { RegistrationTokens } from "./registration-tokens.ts";
import { getTokenValidity } from "./token-validity.endpoint.ts";

export { type NewAccounts, newAccounts } from "./new-accounts.ts";
export { createRegistrationTokens, type RegistrationTokens, registrationTokenStage } from "./registration-tokens.ts";

interface Needs {
  readonly accounts: NewAccounts;
  readonly tokens: RegistrationTokens;
  /** With the stages `m.login.dummy` and `registrationTokenStage`. */
  readonly uia: Uia;
  readonly users: Pick<Users, "accounts" | "sessions" | "passwords">;
  readonly serverName: string;
  /** The section `registration` of the configuration. */
  readonly config: { readonly mode: RegistrationMode; readonly guests: boolean };
}

/** How people make accounts. */
export const registration = ({ config, ...needs }: Needs): Module => ({
  name: "registration",
  spec: [
    {
      section: "Account registration",
      link: "https://spec.matrix.org/v1.19/client-server-api/#legacy-account-registration",
      status: "partial",
      missing: "Registration by application services, with e-mail addresses or telephone numbers",
    },
    {
      section: "Token-authenticated registration",
      link: "https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration",
      status: "complete",
    },
  ],
  endpoints: [
    postRegister({ ...needs, mode: config.mode, allowsGuests: config.guests }),
    getAvailable({ ...needs, mode: config.mode }),
    getTokenValidity({ ...needs, mode: config.mode }),
  ],
});
