import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCanonicalJson } from "./check-canonical.ts";
import type { JsonValue } from "./json.ts";
import { parseJsonWithNumbers } from "./parse.ts";

function assertRefused(value: JsonValue, rule: string, reason: RegExp): void {
  const verdict = checkCanonicalJson(value);
  assert.equal(verdict.allowed ? "allowed" : verdict.rule, rule);
  assert.match(verdict.allowed ? "" : verdict.reason, reason);
}

test("integers up to the largest ones are allowed", () => {
  assert.deepEqual(checkCanonicalJson([0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]), { allowed: true });
});

test("the reason names the member", () => {
  assertRefused({ content: { list: [1, 1.5] } }, "canonical-json.float", /^content\.list\.1 is not an integer$/);
});

test("floats, the negative zero and what is no number are refused", () => {
  for (const number of [0.1, -0, Number.POSITIVE_INFINITY, Number.NaN]) {
    assertRefused({ a: number }, "canonical-json.float", /^a is/);
  }
});

test("integers that are too large are refused", () => {
  for (const number of [2 ** 53, -(2 ** 53)]) assertRefused(number, "canonical-json.range", /^The value is not within/);
});

test("half of a character is refused, in texts and in names", () => {
  assertRefused({ a: "x\ud800" }, "canonical-json.text", /^a holds half of a character/);
  assertRefused({ "\udc00": 1 }, "canonical-json.text", /holds half of a character/);
});

test("numbers that were written as floats are refused when the text is known", () => {
  const { value, oddNumbers } = parseJsonWithNumbers('{"a":{"b":1.0}}');
  assert.deepEqual(checkCanonicalJson(value), { allowed: true });
  assert.deepEqual(checkCanonicalJson(value, oddNumbers), {
    allowed: false,
    rule: "canonical-json.float",
    reason: "a holds a number that is not written as integer",
  });
});

test("values that nest too deep are refused without an end of the stack", () => {
  let value: JsonValue = {};
  for (let level = 0; level < 50_000; level++) value = [value];
  assertRefused(value, "canonical-json.nesting", /nests deeper than/);
});
