import type { JsonObject, JsonValue } from "../json/json.ts";

/** The kinds of rules, in the order in which they are asked. */
export const pushRuleKinds = ["override", "content", "room", "sender", "underride"] as const;

/**
 * What sort of rule it is, which says what conditions it has and when it is asked.
 * @see https://spec.matrix.org/v1.19/client-server-api/#push-rules
 */
export type PushRuleKind = (typeof pushRuleKinds)[number];

/** A rule as clients see it. */
export interface PushRuleJson {
  readonly rule_id: string;
  /** Whether the server made it. */
  readonly default: boolean;
  readonly enabled: boolean;
  readonly actions: readonly JsonValue[];
  /** Of override and underride rules. */
  readonly conditions?: readonly JsonObject[];
  /** Of content rules. */
  readonly pattern?: string;
}

/** All rules of a user, by kind; within a kind the first that matches decides. */
export type PushRulesetJson = Readonly<Record<PushRuleKind, readonly PushRuleJson[]>>;

/** What a user changed in one of the server's rules. */
export interface PushRuleChange {
  readonly enabled?: boolean;
  readonly actions?: readonly JsonValue[];
}

/** Stand, in the server's rules alone, for the owner of the rules, so that one compiled rule set serves all owners. */
export const ownUserId = "[the user's Matrix ID]";
export const ownLocalpart = "[the local part of the user's Matrix ID]";

/** Whether the text names a kind of rules. */
export const isPushRuleKind = (text: string): text is PushRuleKind => pushRuleKinds.some((kind) => kind === text);

/**
 * A user's rules: the master rule above everything, then the user's own, then the rest of the server's, as changed.
 * @see https://spec.matrix.org/v1.19/client-server-api/#predefined-rules
 */
export function mergePushRules(
  defaults: PushRulesetJson,
  own: Partial<PushRulesetJson>,
  changes: ReadonlyMap<string, PushRuleChange> = new Map(),
): PushRulesetJson {
  return mapKinds((kind) => {
    const rules = defaults[kind].map((rule) => ({ ...rule, ...changes.get(`${kind}/${rule.rule_id}`) }));
    const master = rules.filter((rule) => rule.rule_id === ".m.rule.master");
    return [...master, ...(own[kind] ?? []), ...rules.filter((rule) => rule.rule_id !== ".m.rule.master")];
  });
}

/** The rules as their owner is to see them: without the placeholders for the owner. */
export function personalisePushRules(ruleset: PushRulesetJson, userId: string, localpart: string): PushRulesetJson {
  const fill = (value: JsonValue | undefined): JsonValue | undefined =>
    value === ownUserId ? userId : value === ownLocalpart ? localpart : value;

  return mapKinds((kind) => ruleset[kind].map((rule) => (rule.default ? fillRule(rule, fill) : rule)));
}

/** Makes a rule set kind by kind. */
function mapKinds(rulesOf: (kind: PushRuleKind) => readonly PushRuleJson[]): PushRulesetJson {
  return {
    override: rulesOf("override"),
    content: rulesOf("content"),
    room: rulesOf("room"),
    sender: rulesOf("sender"),
    underride: rulesOf("underride"),
  };
}

type Fill = (value: JsonValue | undefined) => JsonValue | undefined;

function fillRule(rule: PushRuleJson, fill: Fill): PushRuleJson {
  const pattern = fill(rule.pattern);
  return {
    ...rule,
    ...(typeof pattern === "string" ? { pattern } : {}),
    ...(rule.conditions === undefined ? {} : { conditions: rule.conditions.map((each) => fillCondition(each, fill)) }),
  };
}

const fillCondition = (condition: JsonObject, fill: Fill): JsonObject =>
  Object.fromEntries(Object.entries(condition).map(([name, value]) => [name, fill(value) ?? value]));
