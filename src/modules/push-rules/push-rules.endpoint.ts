import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import type { PushRules } from "./push-rules.ts";

/**
 * All push rules of the user.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushrules
 */
export const getPushRules = (rules: Pick<PushRules, "personalRulesetOf">) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/pushrules/",
    aliases: ["/_matrix/client/v3/pushrules"],
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    handle: async ({ requester: { userId } }) => ({ global: await rules.personalRulesetOf(userId) }),
  });

/**
 * The push rules of the user, without the scope around them.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushrulesglobal
 */
export const getPushRulesGlobal = (rules: Pick<PushRules, "personalRulesetOf">) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/pushrules/global/",
    aliases: ["/_matrix/client/v3/pushrules/global"],
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    handle: async ({ requester: { userId } }) => await rules.personalRulesetOf(userId),
  });
