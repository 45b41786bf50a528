import type { Module } from "../module.ts";
import { type Needs, registerBySharedSecret } from "./register.endpoint.ts";

/** Accounts for tools that know a secret of the configuration. */
export const sharedSecretRegistration = (needs: Needs): Module => ({
  name: "shared-secret-registration",
  spec: [
    {
      section: "Shared-secret registration (of Synapse's admin API)",
      link: "https://element-hq.github.io/synapse/latest/admin_api/register_api.html",
      status: "complete",
    },
  ],
  endpoints: registerBySharedSecret(needs),
});
