import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { JsonObject } from "../json/json.ts";
import { defaultPushRules, defaultPushRulesV1_4, defaultPushRulesWithLegacyMentions } from "./default-rules.ts";
import { compilePushRules, evaluatePushRules, type PushContext } from "./evaluate.ts";
import { mergePushRules, type PushRuleJson, pushRuleKinds, type PushRulesetJson } from "./ruleset.ts";

const none: PushRulesetJson = { override: [], content: [], room: [], sender: [], underride: [] };
const bob: PushContext = {
  userId: "@bob:b",
  localpart: "bob",
  displayName: "Bob *",
  memberCount: 3,
  senderPowerLevel: 0,
};

const message = (content: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: "m.room.message",
  sender: "@alice:a",
  room_id: "!r:a",
  content: { msgtype: "m.text", body: "hello", ...content },
  ...more,
});

const rule = (more: Partial<PushRuleJson>): PushRuleJson => ({
  rule_id: "test",
  default: false,
  enabled: true,
  actions: ["notify"],
  ...more,
});

const override = (...conditions: JsonObject[]): PushRulesetJson => ({ ...none, override: [rule({ conditions })] });
const matches = (condition: JsonObject, event: JsonObject, context: PushContext = bob): boolean =>
  evaluatePushRules(override(condition), event, context) !== undefined;

test("a pattern matches a whole property, case aside, but any words of the body", () => {
  const topic = { kind: "event_match", key: "content.topic", pattern: "lunc?*" };
  assert.equal(matches(topic, message({ topic: "Lunch plans" })), true);
  assert.equal(matches(topic, message({ topic: " lunch" })), false);
  assert.equal(matches(topic, message({ topic: null })), false);
  assert.equal(matches({ ...topic, key: "content.body", pattern: "ex*ple" }, message({ body: "An example." })), true);
  assert.equal(matches({ ...topic, key: "content.absent", pattern: "*" }, message({})), false);
});

test("a value is the same only with the same type", () => {
  const federate = { kind: "event_property_is", key: "content.m\\.federate", value: true };
  assert.equal(matches(federate, message({ "m.federate": true })), true);
  assert.equal(matches(federate, message({ "m.federate": "true" })), false);
  assert.equal(matches(federate, message({ "m.federate": 1 })), false);
  const draft = { ...federate, kind: "org.matrix.msc3758.exact_event_match" };
  assert.equal(matches(draft, message({ "m.federate": true })), true);
  assert.equal(matches({ ...federate, value: null }, message({ "m.federate": null })), true);
  assert.equal(matches({ ...federate, value: [] }, message({ "m.federate": [] })), false);
  assert.equal(matches({ ...federate, value: 1.5 }, message({ "m.federate": 1.5 })), false);
});

test("a list contains a value exactly", () => {
  const aliases = { kind: "event_property_contains", key: "content.alt_aliases", value: "#a:b" };
  assert.equal(matches(aliases, message({ alt_aliases: ["#x:y", "#a:b"] })), true);
  assert.equal(matches(aliases, message({ alt_aliases: ["#a:bc", ["#a:b"]] })), false);
  assert.equal(matches(aliases, message({ alt_aliases: "#a:b" })), false);
});

test("a display name is looked for as it is, and an empty one is never found", () => {
  const condition = { kind: "contains_display_name" };
  assert.equal(matches(condition, message({ body: "hey bob *!" })), true);
  assert.equal(matches(condition, message({ body: "hey bob x" })), false);
  assert.equal(matches(condition, message({ body: "hey" }), { ...bob, displayName: "" }), false);
  assert.equal(matches(condition, message({ body: "hey" }), { ...bob, displayName: undefined }), false);
});

const holds = (is: string): boolean => matches({ kind: "room_member_count", is }, message({}));

test("members are counted by every comparison", () => {
  assert.deepEqual(["3", "==3", ">2", "<4", ">=3", "<=3"].map(holds), [true, true, true, true, true, true]);
  assert.deepEqual(["2", "==2", ">3", "<3", ">=4", "<=2", "three", ""].map(holds), Array(8).fill(false));
});

test("the sender's level must reach that of the notification, 50 where none is written", () => {
  const condition = { kind: "sender_notification_permission", key: "room" };
  assert.equal(matches(condition, message({}), { ...bob, senderPowerLevel: 49 }), false);
  assert.equal(matches(condition, message({}), { ...bob, senderPowerLevel: 50 }), true);
  assert.equal(matches(condition, message({}), { ...bob, notificationLevels: { room: 0 } }), true);
  assert.equal(matches(condition, message({}), { ...bob, notificationLevels: { room: "20" } }), false);
});

test("a condition that nobody knows never holds, and a rule without conditions always does", () => {
  assert.equal(matches({ kind: "com.example.moon_phase" }, message({})), false);
  assert.equal(evaluatePushRules(override(), message({}), bob)?.ruleId, "test");
});

test("nobody is notified of what they sent", () => {
  assert.equal(evaluatePushRules(override(), message({}, { sender: "@bob:b" }), bob), undefined);
});

test("room, sender and content rules have their conditions by nature", () => {
  const room = { ...none, room: [rule({ rule_id: "!r:a" })], sender: [rule({ rule_id: "@alice:a" })] };
  assert.equal(evaluatePushRules(room, message({}), bob)?.kind, "room");
  assert.equal(evaluatePushRules(room, message({}, { room_id: "!s:a" }), bob)?.kind, "sender");
  const content = { ...none, content: [rule({ pattern: "cake*lie" })] };
  assert.equal(evaluatePushRules(content, message({ body: "the cake is a lie" }), bob)?.kind, "content");
});

test("historical actions are left out, and a highlight without a value is one", () => {
  const ruleset = { ...none, override: [rule({ actions: ["dont_notify", "coalesce", { set_tweak: "highlight" }] })] };
  assert.deepEqual(evaluatePushRules(ruleset, message({}), bob), {
    kind: "override",
    ruleId: "test",
    actions: [{ set_tweak: "highlight" }],
    notify: false,
    highlight: true,
    sound: undefined,
  });
});

const decisions: readonly [string, PushRulesetJson, JsonObject, string | undefined][] = [
  ["a message", defaultPushRules, message({}), ".m.rule.message"],
  ["a notice", defaultPushRules, message({ msgtype: "m.notice" }), ".m.rule.suppress_notices"],
  ["a mention", defaultPushRules, message({ "m.mentions": { user_ids: ["@bob:b"] } }), ".m.rule.is_user_mention"],
  ["a mention of others", defaultPushRules, message({ "m.mentions": { user_ids: ["@c:c"] } }), ".m.rule.message"],
  ["an edit", defaultPushRules, message({ "m.relates_to": { rel_type: "m.replace" } }), ".m.rule.suppress_edits"],
  ["an access list", defaultPushRules, { type: "m.room.server_acl", state_key: "" }, ".m.rule.room.server_acl"],
  ["a topic", defaultPushRules, { type: "m.room.topic", state_key: "" }, undefined],
  [
    "an invitation",
    defaultPushRules,
    { type: "m.room.member", state_key: "@bob:b", content: { membership: "invite" } },
    ".m.rule.invite_for_me",
  ],
  ["a name in the body, v1.4", defaultPushRulesV1_4, message({ body: "bob?" }), ".m.rule.contains_user_name"],
  ["a name in the body, newest", defaultPushRules, message({ body: "bob?" }), ".m.rule.message"],
  [
    "a name in the body beside mentions",
    defaultPushRulesWithLegacyMentions,
    message({ body: "bob?", "m.mentions": {} }),
    ".m.rule.message",
  ],
  [
    "a name in the body without mentions",
    defaultPushRulesWithLegacyMentions,
    message({ body: "bob *" }),
    ".m.rule.contains_display_name",
  ],
];

for (const [what, ruleset, event, expected] of decisions) {
  test(`the server's rules decide on ${what}`, () => {
    assert.equal(evaluatePushRules(ruleset, event, bob)?.ruleId, expected);
  });
}

test("the master rule outranks the user's own rules, which outrank the server's", () => {
  const own = { override: [rule({ rule_id: "mine", conditions: [] })] };
  const enabled = new Map([["override/.m.rule.master", { enabled: true }]]);
  assert.equal(evaluatePushRules(mergePushRules(defaultPushRules, own), message({}), bob)?.ruleId, "mine");
  const silenced = mergePushRules(defaultPushRules, own, enabled);
  assert.equal(evaluatePushRules(silenced, message({}), bob)?.ruleId, ".m.rule.master");
});

const anyCondition = fc.constantFrom<JsonObject>(
  { kind: "event_match", key: "content.body", pattern: "a*" },
  { kind: "event_match", key: "type", pattern: "m.room.message" },
  { kind: "event_match", key: "state_key", pattern: "[the user's Matrix ID]" },
  { kind: "event_property_contains", key: "content.list", value: "[the user's Matrix ID]" },
  { kind: "contains_display_name" },
  { kind: "room_member_count", is: "2" },
  { kind: "unknown" },
);
const anyRule = fc.record({
  rule_id: fc.constantFrom("a", "b", "!r:a", "@alice:a"),
  default: fc.boolean(),
  enabled: fc.boolean(),
  actions: fc.constantFrom(["notify"], []),
  conditions: fc.array(anyCondition, { maxLength: 2 }),
  pattern: fc.constantFrom("a", "bob"),
});
const anyRules = fc.array(anyRule, { maxLength: 3 });
const anyRuleset = fc.record({
  override: anyRules,
  content: anyRules,
  room: anyRules,
  sender: anyRules,
  underride: anyRules,
});
const anyEvent = fc
  .record({
    body: fc.constantFrom("a", "bob *", "c"),
    list: fc.subarray(["@bob:b", "@c:c"]),
    stateKey: fc.constantFrom("", "@bob:b", "@c:c"),
    type: fc.constantFrom("m.room.message", "m.room.member"),
  })
  .map(({ body, list, stateKey, type }) => message({ body, list }, { state_key: stateKey, type }));

test("the first enabled rule that matches alone decides", () => {
  fc.assert(
    fc.property(anyRuleset, anyEvent, (ruleset, event) => {
      const alone = pushRuleKinds.flatMap((kind) =>
        ruleset[kind].map((each) => evaluatePushRules({ ...none, [kind]: [each] }, event, bob)),
      );
      const first = alone.find((outcome) => outcome !== undefined);
      assert.deepEqual(evaluatePushRules(ruleset, event, bob), first);
    }),
    { numRuns: 500 },
  );
});

test("where the shared answer says that nobody differs, nobody does", () => {
  const nobody = { ...bob, userId: "@nobody:n", localpart: "nobody", displayName: undefined };
  fc.assert(
    fc.property(anyRuleset, anyEvent, (ruleset, event) => {
      const compiled = compilePushRules(ruleset);
      const { outcome, mayDiffer } = compiled.evaluateShared(event, bob);
      assert.deepEqual(compiled.evaluate(event, nobody), outcome);
      if (!mayDiffer) assert.deepEqual(compiled.evaluate(event, bob), outcome);
    }),
    { numRuns: 500 },
  );
});
