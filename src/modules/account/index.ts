import type { Users } from "../../engine/users/users.ts";
import type { Module } from "../module.ts";
import type { Uia } from "../user-interactive-authentication/index.ts";
import { postDeactivate } from "./deactivate.endpoint.ts";
import { postPassword } from "./password.endpoint.ts";
import { getAccount3PIDs } from "./third-party-identifiers.endpoint.ts";
import { getWhoami } from "./whoami.endpoint.ts";

interface Needs {
  readonly users: Pick<Users, "accounts" | "passwords">;
  /** With the stage `m.login.password`. */
  readonly uia: Uia;
  /** What else must end with an account, such as its memberships; called before it is deactivated. */
  readonly beforeDeactivation: (userId: string) => Promise<void>;
}

/** What people may ask and change of their own account. */
export const account = (needs: Needs): Module => ({
  name: "account",
  spec: [
    {
      section: "Account management",
      link: "https://spec.matrix.org/v1.19/client-server-api/#legacy-account-management",
      status: "partial",
      missing: "Password reset by e-mail or telephone",
    },
    {
      section: "Current account information",
      link: "https://spec.matrix.org/v1.19/client-server-api/#current-account-information",
      status: "complete",
    },
    {
      section: "Adding account administrative contact information",
      link: "https://spec.matrix.org/v1.19/client-server-api/#adding-account-administrative-contact-information",
      status: "partial",
      missing: "Adding, binding and removing; the list is always empty",
    },
  ],
  endpoints: [getWhoami(), postPassword(needs), postDeactivate(needs), getAccount3PIDs()],
});
