import type { Module } from "../module.ts";
import type { Bindings } from "../third-party-identifiers/index.ts";
import { postDeactivate } from "./deactivate.endpoint.ts";
import { type PasswordNeeds, postPassword } from "./password.endpoint.ts";
import { getWhoami } from "./whoami.endpoint.ts";

interface Needs extends PasswordNeeds {
  readonly bindings: Pick<Bindings, "unbindAll">;
  /** Waits for a part of what goes on after the end of an account, such as leaving the rooms. */
  readonly onDeactivated: (userId: string) => Promise<void>;
}

/** What people may ask and change of their own account. */
export const account = (needs: Needs): Module => ({
  name: "account",
  spec: [
    {
      section: "Account management",
      link: "https://spec.matrix.org/v1.19/client-server-api/#legacy-account-management",
      status: "complete",
    },
    {
      section: "Current account information",
      link: "https://spec.matrix.org/v1.19/client-server-api/#current-account-information",
      status: "complete",
    },
  ],
  endpoints: [getWhoami(), postPassword(needs), postDeactivate(needs)],
});
