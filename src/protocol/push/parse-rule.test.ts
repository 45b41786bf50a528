import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePushRule } from "./parse-rule.ts";

const reasonOf = (...request: Parameters<typeof parsePushRule>): string => {
  const parsed = parsePushRule(...request);
  return parsed.ok ? "" : parsed.reason;
};

test("a rule of each kind keeps what belongs to its kind", () => {
  const body = { actions: ["notify"], pattern: "cake", conditions: [{ kind: "room_member_count", is: "2" }] };
  const common = { rule_id: "r", default: false, enabled: true, actions: ["notify"] };
  assert.deepEqual(parsePushRule("content", "r", body), { ok: true, rule: { ...common, pattern: "cake" } });
  assert.deepEqual(parsePushRule("underride", "r", body), {
    ok: true,
    rule: { ...common, conditions: body.conditions },
  });
  assert.deepEqual(parsePushRule("room", "r", body), { ok: true, rule: common });
});

test("the server's names and names that a path cannot hold are refused", () => {
  assert.match(reasonOf("override", ".m.rule.mine", { actions: [] }), /begins with a dot/);
  assert.match(reasonOf("override", "a/b", { actions: [] }), /slash/);
  assert.match(reasonOf("override", "a".repeat(256), { actions: [] }), /too long/);
});

test("a rule without actions, pattern or proper conditions is refused", () => {
  assert.match(reasonOf("override", "r", {}), /actions/);
  assert.match(reasonOf("override", "r", { actions: [1] }), /actions/);
  assert.match(reasonOf("override", "r", { actions: ["notify", "not_an_action"] }), /actions/);
  assert.match(reasonOf("content", "r", { actions: [] }), /pattern/);
  assert.match(reasonOf("override", "r", { actions: [], conditions: [{}] }), /conditions/);
  assert.match(reasonOf("content", "r", { actions: [], pattern: "a".repeat(256) }), /pattern/);
  for (const member of [{ key: 1 }, { is: 2 }, { pattern: null }, { value: {} }, { value: [1] }, { value: 0.5 }]) {
    const conditions = [{ kind: "org.example.own", ...member }];
    assert.match(reasonOf("underride", "r", { actions: [], conditions }), /conditions/, JSON.stringify(member));
  }
});

test("actions of older versions, and those of somebody's own, are kept", () => {
  const actions = ["notify", "dont_notify", "coalesce", "org.example.shout", { set_tweak: "highlight" }];
  const parsed = parsePushRule("override", "r", { actions });
  assert.deepEqual(parsed.ok && parsed.rule.actions, actions);
});

test("conditions of kinds that we do not know, and with too few members, are kept", () => {
  const conditions = [{ kind: "org.example.own", value: null, other: [{}] }, { kind: "event_match" }, { kind: "" }];
  const parsed = parsePushRule("override", "r", { actions: [], conditions });
  assert.deepEqual(parsed.ok && parsed.rule.conditions, conditions);
});
