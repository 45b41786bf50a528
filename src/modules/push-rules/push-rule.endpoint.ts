import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam, missingParam } from "../../http/errors.ts";
import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";
import { parsePushRule } from "../../protocol/push/parse-rule.ts";
import { findRule, withoutRule, withRule } from "./customisation.ts";
import { actionsSchema, ruleParams, rulePath } from "./path.ts";
import type { PushRules } from "./push-rules.ts";

/**
 * A single push rule, of the server or the user's own.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushrulesglobalkindruleid
 */
export const getPushRule = (rules: Pick<PushRules, "personalRulesetOf">) =>
  endpoint({
    method: "GET",
    path: rulePath,
    auth: "user",
    limit: "none",
    params: ruleParams,
    handle: async ({ params: { kind, ruleId }, requester: { userId } }) =>
      findRule(await rules.personalRulesetOf(userId), kind, ruleId),
  });

const ruleSchema = Type.Object({
  actions: actionsSchema,
  conditions: Type.Optional(Type.Array(Type.Object({}))),
  pattern: Type.Optional(Type.String()),
});

/**
 * Makes or replaces a rule of the user's own.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleid
 */
export const setPushRule = (rules: Pick<PushRules, "change">) =>
  endpoint({
    method: "PUT",
    path: rulePath,
    auth: "user",
    limit: "message",
    params: ruleParams,
    query: Type.Object({ before: Type.Optional(Type.String()), after: Type.Optional(Type.String()) }),
    body: Type.Unsafe<JsonObject & { readonly actions: readonly JsonValue[] }>(ruleSchema),

    async handle({ params: { kind, ruleId }, query: { before, after }, body, requester: { userId } }) {
      if (kind === "content" && !Object.hasOwn(body, "pattern")) throw missingParam("A content rule needs a pattern");
      const parsed = parsePushRule(kind, ruleId, body);
      if (!parsed.ok) throw invalidParam(parsed.reason);
      await rules.change(userId, (own) => withRule(own, kind, parsed.rule, { before, after }));
      return {};
    },
  });

/**
 * Removes a rule of the user's own. Those of the server are never removed: they can be disabled.
 * @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3pushrulesglobalkindruleid
 */
export const deletePushRule = (rules: Pick<PushRules, "change">) =>
  endpoint({
    method: "DELETE",
    path: rulePath,
    auth: "user",
    limit: "none",
    params: ruleParams,

    async handle({ params: { kind, ruleId }, requester: { userId } }) {
      await rules.change(userId, (own) => withoutRule(own, kind, ruleId));
      return {};
    },
  });
