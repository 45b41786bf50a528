import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventDraft } from "./build.ts";
import { checkEventSize } from "./size.ts";
import type { Verdict } from "../verdict.ts";
import { build } from "./testing.ts";

function check(parts: Partial<EventDraft>): Verdict {
  const { pdu, json } = build("11", parts);
  return checkEventSize(pdu, json);
}

test("an event of 65536 bytes fits, one more does not", () => {
  const { json } = build("11", { content: { body: "" } });
  const room = 65_536 - Buffer.byteLength(json);
  assert.deepEqual(check({ content: { body: "a".repeat(room) } }), { allowed: true });
  const tooLarge = { allowed: false, rule: "event.size", reason: "The event is larger than 65536 bytes" };
  assert.deepEqual(check({ content: { body: "a".repeat(room + 1) } }), tooLarge);
  assert.deepEqual(check({ content: { body: "é".repeat(room / 2 + 1) } }), tooLarge);
});

test("type, state key and identifiers have 255 bytes, not characters", () => {
  assert.deepEqual(check({ type: "é".repeat(127), stateKey: "a".repeat(255) }), { allowed: true });
  assert.partialDeepStrictEqual(check({ type: "é".repeat(128) }), { rule: "event.size.type" });
  assert.partialDeepStrictEqual(check({ stateKey: "a".repeat(256) }), {
    rule: "event.size.state_key",
    reason: "state_key is longer than 255 bytes",
  });
  assert.partialDeepStrictEqual(check({ sender: `@${"a".repeat(255)}:b` }), { rule: "event.size.sender" });
  assert.partialDeepStrictEqual(check({ roomId: `!${"a".repeat(255)}` }), { rule: "event.size.room_id" });
});
