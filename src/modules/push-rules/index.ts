import type { Module } from "../module.ts";
import { getPushRuleActions, setPushRuleActions } from "./push-rule-actions.endpoint.ts";
import { isPushRuleEnabled, setPushRuleEnabled } from "./push-rule-enabled.endpoint.ts";
import { deletePushRule, getPushRule, setPushRule } from "./push-rule.endpoint.ts";
import { getPushRulesOfKind } from "./push-rules-of-kind.endpoint.ts";
import { getPushRules, getPushRulesGlobal } from "./push-rules.endpoint.ts";
import type { PushRules } from "./push-rules.ts";
import { getUnknownAttribute, setUnknownAttribute } from "./unknown-path.endpoint.ts";

export { createPushRules, type PushRules } from "./push-rules.ts";

/** By which events users are notified. */
export const pushRules = ({ pushRules: rules }: { readonly pushRules: PushRules }): Module => ({
  name: "push-rules",
  spec: [
    {
      section: "Push rules",
      link: "https://spec.matrix.org/v1.19/client-server-api/#push-rules",
      status: "complete",
    },
  ],
  endpoints: [
    getPushRules(rules),
    getPushRulesGlobal(rules),
    getPushRulesOfKind(rules),
    getPushRule(rules),
    setPushRule(rules),
    deletePushRule(rules),
    isPushRuleEnabled(rules),
    setPushRuleEnabled(rules),
    getPushRuleActions(rules),
    setPushRuleActions(rules),
    getUnknownAttribute(),
    setUnknownAttribute(),
  ],
});
