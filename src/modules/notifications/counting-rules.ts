/*
 * Whether an event counts is all that counting wants of a rule set: sounds, names of rules, rules for other rooms and
 * disabled ones are left out. So most users count by the default rules in most rooms, whatever they changed, and to mute
 * one room costs nothing in all others.
 */
import { boundedCache } from "../../bounded-cache.ts";
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";
import { defaultPushRulesWithLegacyMentions } from "../../protocol/push/default-rules.ts";
import {
  type CompiledPushRules,
  compilePushRules,
  type PushOutcome,
  readActions,
} from "../../protocol/push/evaluate.ts";
import {
  type PushRuleJson,
  type PushRuleKind,
  pushRuleKinds,
  type PushRulesetJson,
} from "../../protocol/push/ruleset.ts";

/** What compiled rule sets in memory may take together, in UTF-16 units of their text, and what each takes besides. */
const COMPILED_SIZE = 8 * 1024 * 1024;
const ENTRY_SIZE = 500;
const ROOMS_OF_RULE_SET = 1_000;

/** A rule set, cut down to what matters for counting in one room. */
export interface CountingRules {
  /** The same for the same rules; `""` for what the default rules come to. */
  readonly id: string;
  /** As JSON. */
  readonly text: string;
  readonly compiled: CompiledPushRules;
  /** Whether a rule of the owner's asks for the owner's name: then every owner must be asked. */
  readonly asksEveryOwner: boolean;
}

/** What an event counts: 1 or 0. A highlight without a notification is none. */
export interface Weight {
  readonly notify: number;
  readonly highlight: number;
}

const NOTHING: Weight = { notify: 0, highlight: 0 };

export const weightOf = (outcome: PushOutcome | undefined): Weight =>
  outcome?.notify ? { notify: 1, highlight: outcome.highlight ? 1 : 0 } : NOTHING;

const compiledById = new LRUCache<string, CountingRules>({
  maxSize: COMPILED_SIZE,
  sizeCalculation: ({ text }) => ENTRY_SIZE + text.length,
});
/** What rule sets come to in rooms: the ID, by room ID. */
const cutDownTo = new WeakMap<PushRulesetJson, LRUCache<string, string>>();

/** Cuts a rule set down to what matters in a room. Quick for a rule set that was asked about before. */
export function countingRules(ruleset: PushRulesetJson, roomId: string): CountingRules {
  const byRoom = cutDownTo.get(ruleset) ?? boundedCache<string, string>(ROOMS_OF_RULE_SET);
  cutDownTo.set(ruleset, byRoom);
  const knownId = byRoom.get(roomId);
  const known = knownId === "" ? defaultCountingRules : compiledById.get(knownId ?? "");
  if (known) return known;
  const text = textOf(ruleset, (kind, rule) => isForRoom(kind, rule, roomId));
  const isDefault = text === defaultCountingRules.text;
  const id = isDefault ? "" : createHash("sha256").update(text).digest("base64url").slice(0, 16);
  byRoom.set(roomId, id);
  return isDefault ? defaultCountingRules : parseCountingRules(id, text);
}

/** Reads a rule set that was cut down, or finds it in memory. */
export function parseCountingRules(id: string, text: string): CountingRules {
  const known = compiledById.get(id);
  if (known) return known;
  const made = compile(id, text);
  compiledById.set(id, made);
  return made;
}

function compile(id: string, text: string): CountingRules {
  const ruleset: PushRulesetJson = JSON.parse(text);
  const rules = pushRuleKinds.flatMap((kind) => ruleset[kind]);
  return { id, text, compiled: compilePushRules(ruleset), asksEveryOwner: rules.some(asksOwner) };
}

// By the server's rules it is mentions and names that concern single users: whose, the event tells.
const asksOwner = ({ conditions = [], default: isDefault }: PushRuleJson): boolean =>
  !isDefault && conditions.some(({ kind }) => kind === "contains_display_name");

function textOf(ruleset: PushRulesetJson, isKept: (kind: PushRuleKind, rule: PushRuleJson) => boolean): string {
  const kinds = pushRuleKinds.map((kind): readonly [PushRuleKind, PushRuleJson[]] => {
    const rules = ruleset[kind].filter((rule) => rule.enabled && isKept(kind, rule));
    return [kind, rules.map((rule) => cutDown(kind, rule))];
  });
  return JSON.stringify(Object.fromEntries(kinds));
}

/** Room rules are named as their room; override and underride rules may ask for a room, which clients use to mute it. */
function isForRoom(kind: PushRuleKind, { rule_id, conditions = [] }: PushRuleJson, roomId: string): boolean {
  if (kind === "room") return rule_id === roomId;
  return !conditions.some((condition) => asksForOtherRoom(condition, roomId));
}

function asksForOtherRoom({ kind, key, pattern }: JsonObject, roomId: string): boolean {
  if (kind !== "event_match" || key !== "room_id" || typeof pattern !== "string") return false;
  return !/[*?]/.test(pattern) && pattern.toLowerCase() !== roomId.toLowerCase();
}

function cutDown(kind: PushRuleKind, rule: PushRuleJson): PushRuleJson {
  // Of the others, only the server's rules are known by name.
  const hasName = kind === "room" || kind === "sender" || rule.default;
  return {
    rule_id: hasName ? rule.rule_id : "",
    default: rule.default,
    enabled: true,
    actions: countedActions(rule.actions),
    ...(rule.conditions === undefined ? {} : { conditions: rule.conditions }),
    ...(rule.pattern === undefined ? {} : { pattern: rule.pattern }),
  };
}

function countedActions(actions: readonly JsonValue[]): readonly JsonValue[] {
  const { notify, highlight } = readActions(actions);
  if (!notify) return [];
  return highlight ? ["notify", { set_tweak: "highlight" }] : ["notify"];
}

/** The rules of all who changed nothing that matters. */
export const defaultCountingRules: CountingRules = compile(
  "",
  textOf(defaultPushRulesWithLegacyMentions, () => true),
);
