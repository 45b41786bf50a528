import { createHash } from "node:crypto";
import { tooLarge } from "../../http/errors.ts";
import { defaultPushRulesWithLegacyMentions } from "../../protocol/push/default-rules.ts";
import {
  mergePushRules,
  type PushRuleChange,
  pushRuleKinds,
  type PushRulesetJson,
} from "../../protocol/push/ruleset.ts";
import type { Customisation } from "./customisation.ts";

/** The rules of a user, as they stay in memory. */
export interface RuleSet {
  readonly customisation: Customisation;
  /** JSON text of the customisation. */
  readonly text: string;
  /** Tells it from all other rule sets; `""` for the default rules. */
  readonly id: string;
  /** All rules, those of the server included, with the placeholders for the owner. */
  readonly merged: PushRulesetJson;
}

/** The most rules of a user's own, and the longest JSON text of all that a user customised, in UTF-16 units. */
const ruleSetLimits = { rules: 1_000, textLength: 256 * 1024 } as const;

/** The default rules, unchanged: one object, which most users share. */
export const defaultRuleSet: RuleSet = {
  customisation: { own: { override: [], content: [], room: [], sender: [], underride: [] }, changes: new Map() },
  text: "",
  id: "",
  merged: defaultPushRulesWithLegacyMentions,
};

/** `defaultRuleSet` when nothing is customised. */
export function ruleSetOf(customisation: Customisation): RuleSet {
  const { own, changes } = customisation;
  if (countOwn(customisation) === 0 && changes.size === 0) return defaultRuleSet;
  const text = formatCustomisation(customisation);
  const id = createHash("sha256").update(text).digest("base64url").slice(0, 16);
  return { customisation, text, id, merged: mergePushRules(defaultPushRulesWithLegacyMentions, own, changes) };
}

/** Reads the text of a rule set. */
export function parseRuleSet(text: string): RuleSet {
  const { own, changes }: { own: PushRulesetJson; changes: Record<string, PushRuleChange> } = JSON.parse(text);
  return ruleSetOf({ own, changes: new Map(Object.entries(changes)) });
}

/**
 * A rule set is within the limits, or smaller than before.
 * @throws MatrixError 413 `M_TOO_LARGE`
 */
export function checkLimits(next: RuleSet, before: RuleSet): void {
  const { rules, textLength } = ruleSetLimits;
  const count = countOwn(next.customisation);
  if (count > rules && count > countOwn(before.customisation))
    throw tooLarge(`Nobody has more than ${rules} push rules`);
  if (next.text.length > textLength && next.text.length > before.text.length)
    throw tooLarge("These push rules are too long");
}

/** The same text for the same rules, however they were come by. */
function formatCustomisation({ own, changes }: Customisation): string {
  const sorted = [...changes].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({
    own: Object.fromEntries(pushRuleKinds.map((kind) => [kind, own[kind]])),
    changes: Object.fromEntries(sorted),
  });
}

const countOwn = ({ own }: Customisation): number => pushRuleKinds.reduce((sum, kind) => sum + own[kind].length, 0);
