import { parseUserId } from "../../protocol/ids/ids.ts";
import { defaultPushRules } from "../../protocol/push/default-rules.ts";
import { personalisePushRules, type PushRulesetJson } from "../../protocol/push/ruleset.ts";

/** The push rules of a user: the default ones, which every user has. */
export function pushRulesOf(userId: string): PushRulesetJson {
  return personalisePushRules(defaultPushRules, userId, parseUserId(userId)?.localpart ?? "");
}
