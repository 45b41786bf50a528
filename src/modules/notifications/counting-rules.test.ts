import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPushRulesWithLegacyMentions } from "../../protocol/push/default-rules.ts";
import { mergePushRules, type PushRuleChange, type PushRuleJson } from "../../protocol/push/ruleset.ts";
import { countingRules, defaultCountingRules, parseCountingRules } from "./counting-rules.ts";

const roomId = "!room:test";
const otherId = "!other:test";

const rule = (rule_id: string, more: Partial<PushRuleJson> = {}): PushRuleJson => ({
  rule_id,
  default: false,
  enabled: true,
  actions: [],
  ...more,
});
const mute = (pattern: string): PushRuleJson =>
  rule(pattern, { conditions: [{ kind: "event_match", key: "room_id", pattern }] });
const idWith = (kind: "override" | "room", ...rules: readonly PushRuleJson[]): string =>
  countingRules(mergePushRules(defaultPushRulesWithLegacyMentions, { [kind]: rules }), roomId).id;

test("rules for other rooms, and those that are disabled, change nothing in a room", () => {
  assert.equal(idWith("override", mute(otherId)), "");
  assert.equal(idWith("room", rule(otherId)), "");
  assert.equal(idWith("override", rule("off", { enabled: false })), "");
  for (const pattern of [roomId, "!ROOM:test", "!roo*"]) assert.notEqual(idWith("override", mute(pattern)), "");
  assert.notEqual(idWith("room", rule(roomId)), "");
});

const idWithMessages = (actions: PushRuleChange["actions"] & object): string => {
  const changes = new Map([["underride/.m.rule.message", { actions }]]);
  return countingRules(mergePushRules(defaultPushRulesWithLegacyMentions, {}, changes), roomId).id;
};

test("sounds and names do not matter, what counts does", () => {
  assert.equal(idWithMessages(["notify", { set_tweak: "sound", value: "default" }]), "");
  assert.notEqual(idWithMessages([]), "");
  assert.notEqual(idWithMessages(["notify", { set_tweak: "highlight" }]), "");
  const [one, two] = ["one", "two"].map((name) => idWith("override", rule(name, { conditions: [] })));
  assert.equal(one, two);
});

test("a rule set is read as it was cut down", () => {
  const rules = countingRules(mergePushRules(defaultPushRulesWithLegacyMentions, { room: [rule(roomId)] }), roomId);
  const event = { type: "m.room.message", sender: "@alice:test", room_id: roomId, content: { body: "hello" } };
  const context = { memberCount: 3, senderPowerLevel: 0 };
  const again = parseCountingRules("read", rules.text);
  assert.equal(again.compiled.evaluateShared(event, context).outcome?.kind, "room");
  assert.equal(defaultCountingRules.compiled.evaluateShared(event, context).outcome?.notify, true);
});

// Who is concerned is found by the mentions and the words of the body: asking every member would not do in large rooms.
test("the server's rules ask no more than who is mentioned or named; those of a user's own ask their owner", () => {
  assert.equal(defaultCountingRules.asksEveryOwner, false);
  const own = rule("name", { conditions: [{ kind: "contains_display_name" }] });
  const merged = mergePushRules(defaultPushRulesWithLegacyMentions, { override: [own] });
  assert.equal(countingRules(merged, roomId).asksEveryOwner, true);
});
