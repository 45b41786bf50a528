import type { Module } from "../module.ts";
import { getPushRules, getPushRulesGlobal } from "./push-rules.endpoint.ts";

export { pushRulesOf } from "./rules-of.ts";

/** By which events users are notified. */
export const pushRules = (): Module => ({
  name: "push-rules",
  spec: [
    {
      section: "Push rules",
      link: "https://spec.matrix.org/v1.19/client-server-api/#push-rules",
      status: "partial",
      missing: "rules of the user's own, and changes to the default rules",
    },
  ],
  endpoints: [getPushRules(), getPushRulesGlobal()],
});
