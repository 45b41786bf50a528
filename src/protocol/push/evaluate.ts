// How this works: a rule set is compiled once into a flat list of rules, each with the conditions that are the same for
// every owner and those that are not (mentions, display name). A server that counts notifications for a whole room
// asks `evaluateShared` once per event and rule set; only when its answer says that it may differ for somebody are the
// members asked one by one with `evaluate`.

import { readProperty } from "../dot-path.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json/json.ts";
import {
  bodyMatches,
  compileCondition,
  type Condition,
  type PersonalCondition,
  type PushRoomContext,
  type PushUserContext,
  type SharedCondition,
} from "./conditions.ts";
import { type PushRuleJson, type PushRuleKind, pushRuleKinds, type PushRulesetJson } from "./ruleset.ts";

/** What a matching rule wants. */
export interface PushOutcome {
  readonly kind: PushRuleKind;
  readonly ruleId: string;
  /** As in the rule, without the historical actions that mean nothing. */
  readonly actions: readonly JsonValue[];
  /** Whether there is a notification at all. */
  readonly notify: boolean;
  readonly highlight: boolean;
  readonly sound: string | undefined;
}

/** Everything that an evaluation for one user needs. */
export interface PushContext extends PushRoomContext, PushUserContext {}

/** The answer for everybody with the same rules. */
export interface SharedPushOutcome {
  /** For those whom no personal condition concerns. `undefined`: no rule matches. */
  readonly outcome: PushOutcome | undefined;
  /** Whether a personal condition of a rule that would have come first may hold for somebody. */
  readonly mayDiffer: boolean;
}

/** A rule set, ready to be asked. Immutable; the same for all users with these rules. */
export interface CompiledPushRules {
  /**
   * What the first matching rule wants; `undefined` when none matches or the user sent the event.
   * `event` is the client form, or the PDU with its `room_id`.
   */
  evaluate(event: JsonObject, context: PushContext): PushOutcome | undefined;
  /** See above. It is for the caller to leave out the sender. */
  evaluateShared(event: JsonObject, room: PushRoomContext): SharedPushOutcome;
}

interface CompiledRule {
  readonly shared: readonly SharedCondition[];
  readonly personal: readonly PersonalCondition[];
  readonly outcome: PushOutcome;
}

/**
 * Compiles a rule set. Disabled rules cost nothing, rules that can never match (unknown conditions) little.
 * @see https://spec.matrix.org/v1.19/client-server-api/#push-rules
 */
export function compilePushRules(ruleset: PushRulesetJson): CompiledPushRules {
  const rules = pushRuleKinds.flatMap((kind) =>
    ruleset[kind].filter((rule) => rule.enabled).map((rule) => compileRule(kind, rule)),
  );

  return {
    evaluate(event, context) {
      // Nobody is told what they said themselves.
      if (event["sender"] === context.userId) return undefined;
      return rules.find((rule) => matchesFor(rule, event, context))?.outcome;
    },

    evaluateShared(event, room) {
      let mayDiffer = false;
      for (const rule of rules) {
        if (!holdsForAll(rule, event, room)) continue;
        if (rule.personal.length === 0) return { outcome: rule.outcome, mayDiffer };
        mayDiffer ||= rule.personal.every((condition) => condition.mayHold(event));
      }
      return { outcome: undefined, mayDiffer };
    },
  };
}

/** For rules that are used once; see `compilePushRules`. */
export const evaluatePushRules = (
  ruleset: PushRulesetJson,
  event: JsonObject,
  context: PushContext,
): PushOutcome | undefined => compilePushRules(ruleset).evaluate(event, context);

/**
 * Reads what a list of actions comes to. A highlight without a value is one.
 * @see https://spec.matrix.org/v1.19/client-server-api/#actions
 */
export function readActions(
  actions: readonly JsonValue[],
): Pick<PushOutcome, "actions" | "notify" | "highlight" | "sound"> {
  const kept = actions.filter((action) => action !== "dont_notify" && action !== "coalesce");
  const sound = tweakOf(kept, "sound")?.["value"];
  const highlight = tweakOf(kept, "highlight");
  return {
    actions: kept,
    notify: kept.includes("notify"),
    highlight: highlight !== undefined && (highlight["value"] ?? true) === true,
    sound: typeof sound === "string" ? sound : undefined,
  };
}

const holdsForAll = (rule: CompiledRule, event: JsonObject, room: PushRoomContext): boolean =>
  rule.shared.every((holds) => holds(event, room));

const matchesFor = (rule: CompiledRule, event: JsonObject, context: PushContext): boolean =>
  holdsForAll(rule, event, context) && rule.personal.every((condition) => condition.holdsFor(event, context));

/** Rules that guess at mentions by searching the body. */
const legacyMentionRules: ReadonlySet<string> = new Set([
  ".m.rule.contains_display_name",
  ".m.rule.contains_user_name",
  ".m.rule.roomnotif",
]);

/** Since v1.7: who says whom they mention is not guessed at. */
const saysNoMentions: SharedCondition = (event) => readProperty(event, ["content", "m.mentions"]) === undefined;

function compileRule(kind: PushRuleKind, rule: PushRuleJson): CompiledRule {
  const isLegacy = rule.default && legacyMentionRules.has(rule.rule_id);
  const conditions = conditionsOf(kind, rule);
  return {
    shared: [...(isLegacy ? [saysNoMentions] : []), ...conditions.flatMap(sharedOf)],
    personal: conditions.flatMap(personalOf),
    outcome: Object.freeze({ kind, ruleId: rule.rule_id, ...readActions(rule.actions) }),
  };
}

const sharedOf = (condition: Condition): readonly SharedCondition[] =>
  condition.kind === "shared" ? [condition.holds] : [];

const personalOf = (condition: Condition): readonly PersonalCondition[] =>
  condition.kind === "personal" ? [condition.condition] : [];

function conditionsOf(kind: PushRuleKind, rule: PushRuleJson): readonly Condition[] {
  switch (kind) {
    case "room":
      return [{ kind: "shared", holds: (event) => event["room_id"] === rule.rule_id }];
    case "sender":
      return [{ kind: "shared", holds: (event) => event["sender"] === rule.rule_id }];
    case "content":
      return [bodyMatches(rule.pattern ?? "", rule.default)];
    case "override":
    case "underride":
      return (rule.conditions ?? []).map((condition) => compileCondition(condition, rule.default));
    default:
      return kind satisfies never;
  }
}

const tweakOf = (actions: readonly JsonValue[], name: string): JsonObject | undefined =>
  actions.filter(isJsonObject).findLast((action) => action["set_tweak"] === name);
