import assert from "node:assert/strict";
import { test } from "node:test";
import { authStateOf, joinRuleOf, membershipOf } from "./state.ts";
import { alice, bob, room } from "./testing.ts";

test("a state is looked up by type and state key, the later event counts, messages do not", () => {
  const made = room("11");
  const first = made.event({ type: "m.room.topic", stateKey: "" });
  const later = made.event({ type: "m.room.topic", stateKey: "" });
  const state = authStateOf([first, made.event({ type: "m.room.name" }), later]);
  assert.equal(state.get("m.room.topic", ""), later);
  assert.equal(state.get("m.room.name", ""), undefined);
  assert.equal(state.get("m.room.topic", "other"), undefined);
});

test("a membership is what the member event states", () => {
  const made = room("11").with(alice).state("m.room.member", bob, { membership: 1 });
  assert.equal(membershipOf(made.authState(), alice), "join");
  assert.equal(membershipOf(made.authState(), bob), undefined);
  assert.equal(membershipOf(made.authState(), "@nobody:one.example"), undefined);
});

test("the join rule is invite unless stated", () => {
  assert.equal(joinRuleOf(room("11").authState()), "invite");
  assert.equal(joinRuleOf(room("11").joinRule("public").authState()), "public");
});
