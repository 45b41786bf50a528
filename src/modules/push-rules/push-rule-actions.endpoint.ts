import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import type { JsonValue } from "../../protocol/json/json.ts";
import { readPushActions } from "../../protocol/push/parse-rule.ts";
import { findRule, withChange } from "./customisation.ts";
import { actionsSchema, ruleParams, rulePath } from "./path.ts";
import type { PushRules } from "./push-rules.ts";

const path = `${rulePath}/actions`;

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushrulesglobalkindruleidactions */
export const getPushRuleActions = (rules: Pick<PushRules, "rulesetOf">) =>
  endpoint({
    method: "GET",
    path,
    auth: "user",
    limit: "none",
    params: ruleParams,

    async handle({ params: { kind, ruleId }, requester: { userId } }) {
      const { actions } = findRule(await rules.rulesetOf(userId), kind, ruleId);
      return { actions };
    },
  });

/**
 * Changes the actions of a rule, be it the user's own or one of the server's.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleidactions
 */
export const setPushRuleActions = (rules: Pick<PushRules, "change">) =>
  endpoint({
    method: "PUT",
    path,
    auth: "user",
    limit: "none",
    params: ruleParams,
    body: Type.Unsafe<{ readonly actions: readonly JsonValue[] }>(Type.Object({ actions: actionsSchema })),

    async handle({ params: { kind, ruleId }, body, requester: { userId } }) {
      const actions = readPushActions(body.actions);
      if (actions === undefined) throw invalidParam("There are too many actions, or unknown ones");
      await rules.change(userId, (own) => withChange(own, kind, ruleId, { actions }));
      return {};
    },
  });
