import { isJsonObject, type JsonObject } from "../../protocol/json/json.ts";
import type { PushRuleJson, PushRuleKind } from "../../protocol/push/ruleset.ts";
import { type Customisation, withRule } from "./customisation.ts";

/** A room, and the room that takes its place. */
export interface RoomSuccession {
  readonly fromRoom: string;
  readonly toRoom: string;
}

/**
 * Adds a copy for the new room of every rule that is about the old one: room rules, and override rules with a condition
 * on the room ID, which is how clients mute rooms. A copy stands right before its original and is as enabled as it. Rules
 * that the new room has already stay as they are.
 */
export function withCopiedRules(base: Customisation, succession: RoomSuccession): Customisation {
  const room = base.own.room.filter(({ rule_id }) => rule_id === succession.fromRoom);
  const override = base.own.override.filter((rule) => rule.conditions?.some(isAbout(succession.fromRoom)));
  return copyAll(copyAll(base, "room", room, succession), "override", override, succession);
}

function copyAll(
  base: Customisation,
  kind: PushRuleKind,
  originals: readonly PushRuleJson[],
  succession: RoomSuccession,
): Customisation {
  return originals.reduce((made, original) => {
    const copy = copyOf(original, succession);
    const isThere = made.own[kind].some(({ rule_id }) => rule_id === copy.rule_id);
    return isThere ? made : withRule(made, kind, copy, { before: original.rule_id });
  }, base);
}

/** Clients name a rule that mutes a room by the room's ID; what has another name gets the new room's ID beside it. */
function copyOf(original: PushRuleJson, { fromRoom, toRoom }: RoomSuccession): PushRuleJson {
  const { rule_id: ruleId, conditions } = original;
  return {
    ...original,
    rule_id: ruleId.includes(fromRoom) ? ruleId.replaceAll(fromRoom, () => toRoom) : `${ruleId} ${toRoom}`,
    ...(conditions && {
      conditions: conditions.map((each) => (isAbout(fromRoom)(each) ? { ...each, pattern: toRoom } : each)),
    }),
  };
}

const isAbout =
  (roomId: string) =>
  (condition: JsonObject): boolean =>
    isJsonObject(condition) &&
    condition["kind"] === "event_match" &&
    condition["key"] === "room_id" &&
    condition["pattern"] === roomId;
