import { isSimple } from "./conditions.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json/json.ts";
import type { PushRuleJson, PushRuleKind } from "./ruleset.ts";

/** A rule that a client wrote, or why it is none. */
export type ParsedPushRule =
  | { readonly ok: true; readonly rule: PushRuleJson }
  | { readonly ok: false; readonly reason: string };

/**
 * The most conditions of a rule, and the longest pattern and rule ID, in UTF-16 units. A pattern full of question marks
 * costs its length times that of the body.
 */
export const pushRuleLimits = { conditions: 50, actions: 50, patternLength: 255, ruleIdLength: 255 } as const;

const refuse = (reason: string): ParsedPushRule => ({ ok: false, reason });

/**
 * Checks the body of a client's request for a rule of its own. Conditions that we do not know are kept, and match
 * nothing. Actions that nobody knows are refused, as other servers do.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleid
 */
export function parsePushRule(kind: PushRuleKind, ruleId: string, body: JsonObject): ParsedPushRule {
  if (ruleId.length > pushRuleLimits.ruleIdLength) return refuse("The rule ID is too long");
  // A leading dot marks the server's rules.
  if (ruleId === "" || ruleId.startsWith(".")) return refuse("The rule ID is empty or begins with a dot");
  // Deviates: the text has no slash in any rule ID; but room and sender rules are named as rooms and users, which may.
  if (/[/\\]/.test(ruleId) && kind !== "room" && kind !== "sender")
    return refuse("The rule ID holds a slash or a backslash");

  const actions = readPushActions(body["actions"]);
  if (actions === undefined) return refuse("actions is not a list of actions");
  const rule = { rule_id: ruleId, default: false, enabled: true, actions };

  switch (kind) {
    case "room":
    case "sender":
      return { ok: true, rule };
    case "content": {
      const pattern = body["pattern"];
      if (!isPattern(pattern)) return refuse("pattern is missing or too long");
      return { ok: true, rule: { ...rule, pattern } };
    }
    case "override":
    case "underride": {
      const conditions = readConditions(body["conditions"] ?? []);
      if (conditions === undefined) return refuse("conditions is not a list of conditions");
      return { ok: true, rule: { ...rule, conditions } };
    }
    default:
      return kind satisfies never;
  }
}

/**
 * A list of names of actions and of objects with `set_tweak`; `undefined` when it is something else.
 * @see https://spec.matrix.org/v1.19/client-server-api/#actions
 */
export function readPushActions(actions: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (!Array.isArray(actions) || actions.length > pushRuleLimits.actions) return undefined;
  return actions.every(isAction) ? actions : undefined;
}

const isPattern = (value: JsonValue | undefined): value is string =>
  typeof value === "string" && value.length <= pushRuleLimits.patternLength;

// Objects without `set_tweak` stand in examples of v1.4 (`{"set_sound": …}`), so they pass and do nothing.
const isAction = (action: JsonValue): boolean =>
  typeof action === "string" ? isActionName(action) : isJsonObject(action);

/** `dont_notify` and `coalesce` were taken out in v1.7 and do nothing. Names with a dot are no mistakes: somebody's own. */
const isActionName = (name: string): boolean =>
  ["notify", "dont_notify", "coalesce"].includes(name) || name.includes(".");

function readConditions(conditions: JsonValue): readonly JsonObject[] | undefined {
  if (!Array.isArray(conditions) || conditions.length > pushRuleLimits.conditions) return undefined;
  const objects = conditions.filter((condition): condition is JsonObject => isCondition(condition));
  return objects.length === conditions.length ? objects : undefined;
}

/**
 * Members that the known conditions have are of their types, whatever the kind; which of them a condition needs is looked
 * at when it is asked: without them it does not hold.
 * @see https://spec.matrix.org/v1.19/client-server-api/#conditions-1
 */
function isCondition(condition: JsonValue): condition is JsonObject {
  if (!isJsonObject(condition) || typeof condition["kind"] !== "string") return false;
  const { key, is, pattern, value = null } = condition;
  if (pattern !== undefined && !isPattern(pattern)) return false;
  return [key, is].every((text) => text === undefined || typeof text === "string") && isSimple(value);
}
