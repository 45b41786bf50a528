import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { kindParams, kindPath } from "./path.ts";
import type { PushRules } from "./push-rules.ts";

/**
 * The push rules of one kind, as a list. The specification has no such operation; clients and test suites know it from
 * Synapse, where it has always been.
 */
export const getPushRulesOfKind = (rules: Pick<PushRules, "personalRulesetOf">) =>
  endpoint({
    method: "GET",
    path: `${kindPath}/`,
    aliases: [kindPath],
    auth: "user",
    limit: "none",
    params: Type.Object(kindParams),
    handle: async ({ params: { kind }, requester: { userId } }) => (await rules.personalRulesetOf(userId))[kind],
  });
