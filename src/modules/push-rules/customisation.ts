import { notFound, unknownError } from "../../http/errors.ts";
import { defaultPushRulesWithLegacyMentions } from "../../protocol/push/default-rules.ts";
import type { PushRuleChange, PushRuleJson, PushRuleKind, PushRulesetJson } from "../../protocol/push/ruleset.ts";

/** What makes a user's rules differ from the default rules. */
export interface Customisation {
  /** The user's own rules, the most important first. */
  readonly own: PushRulesetJson;
  /** What is changed in default rules, by `kind/rule_id`. Never what is the default anyway. */
  readonly changes: ReadonlyMap<string, PushRuleChange>;
}

/** Next to which of the user's own rules a rule is to stand: right before (more important) or right after it. */
export interface Anchor {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/**
 * Adds a rule, or replaces the one of the same ID. A new rule is the most important of its kind, one that is there stays
 * where it is, unless an anchor says otherwise; of two anchors `before` counts. Whether a rule is enabled is its own
 * affair: replacing it changes nothing there.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleid
 * @throws MatrixError 400 `M_UNKNOWN` when the anchor is none of the user's other rules of this kind
 */
export function withRule(base: Customisation, kind: PushRuleKind, rule: PushRuleJson, anchor: Anchor): Customisation {
  const list = base.own[kind];
  const index = indexOf(list, rule.rule_id);
  const written = { ...rule, enabled: list[index]?.enabled ?? rule.enabled };
  if (anchor.before !== undefined || anchor.after !== undefined) {
    const others = list.filter(({ rule_id }) => rule_id !== rule.rule_id);
    return withOwn(base, kind, others.toSpliced(placeAmong(others, anchor), 0, written));
  }
  return withOwn(base, kind, index === -1 ? [written, ...list] : list.with(index, written));
}

/** @throws MatrixError 404 `M_NOT_FOUND` when the user has no such rule, or the server made it. */
export function withoutRule(base: Customisation, kind: PushRuleKind, ruleId: string): Customisation {
  const index = indexOf(base.own[kind], ruleId);
  if (index === -1) throw noRule();
  return withOwn(base, kind, base.own[kind].toSpliced(index, 1));
}

/**
 * Enables or disables a rule, or changes its actions, be it the user's own or a default rule.
 * @throws MatrixError 404 `M_NOT_FOUND`
 */
export function withChange(
  base: Customisation,
  kind: PushRuleKind,
  ruleId: string,
  change: PushRuleChange,
): Customisation {
  const list = base.own[kind];
  const index = indexOf(list, ruleId);
  const own = list[index];
  if (own !== undefined) return withOwn(base, kind, list.with(index, { ...own, ...change }));
  const rule = findRule(defaultPushRulesWithLegacyMentions, kind, ruleId);
  const key = `${kind}/${ruleId}`;
  const changed = differences(rule, { ...base.changes.get(key), ...change });
  const others = [...base.changes].filter(([other]) => other !== key);
  return { ...base, changes: new Map(changed === undefined ? others : [...others, [key, changed]]) };
}

/** @throws MatrixError 404 `M_NOT_FOUND` */
export function findRule(ruleset: PushRulesetJson, kind: PushRuleKind, ruleId: string): PushRuleJson {
  const rule = ruleset[kind].find(({ rule_id }) => rule_id === ruleId);
  if (rule === undefined) throw noRule();
  return rule;
}

/** What is not the default; `undefined` when nothing is. */
function differences(rule: PushRuleJson, { enabled, actions }: PushRuleChange): PushRuleChange | undefined {
  const difference = {
    ...(enabled !== undefined && enabled !== rule.enabled && { enabled }),
    ...(actions && JSON.stringify(actions) !== JSON.stringify(rule.actions) && { actions }),
  };
  return Object.keys(difference).length === 0 ? undefined : difference;
}

// The server's rules are not among the user's own: nothing can be placed relative to them.
function placeAmong(others: readonly PushRuleJson[], { before, after }: Anchor): number {
  const anchor = before ?? after ?? "";
  const index = indexOf(others, anchor);
  if (index === -1) throw unknownError(400, `before/after rule not found: ${anchor}`);
  return before === undefined ? index + 1 : index;
}

const indexOf = (list: readonly PushRuleJson[], ruleId: string): number =>
  list.findIndex(({ rule_id }) => rule_id === ruleId);

const withOwn = (base: Customisation, kind: PushRuleKind, list: readonly PushRuleJson[]): Customisation => ({
  ...base,
  own: { ...base.own, [kind]: list },
});

const noRule = () => notFound("There is no such push rule");
