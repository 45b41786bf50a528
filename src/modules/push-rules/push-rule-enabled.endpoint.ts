import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { findRule, withChange } from "./customisation.ts";
import { ruleParams, rulePath } from "./path.ts";
import type { PushRules } from "./push-rules.ts";

const path = `${rulePath}/enabled`;

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushrulesglobalkindruleidenabled */
export const isPushRuleEnabled = (rules: Pick<PushRules, "rulesetOf">) =>
  endpoint({
    method: "GET",
    path,
    auth: "user",
    limit: "none",
    params: ruleParams,

    async handle({ params: { kind, ruleId }, requester: { userId } }) {
      const { enabled } = findRule(await rules.rulesetOf(userId), kind, ruleId);
      return { enabled };
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleidenabled */
export const setPushRuleEnabled = (rules: Pick<PushRules, "change">) =>
  endpoint({
    method: "PUT",
    path,
    auth: "user",
    limit: "none",
    params: ruleParams,
    body: Type.Object({ enabled: Type.Boolean() }),

    async handle({ params: { kind, ruleId }, body: { enabled }, requester: { userId } }) {
      await rules.change(userId, (own) => withChange(own, kind, ruleId, { enabled }));
      return {};
    },
  });
