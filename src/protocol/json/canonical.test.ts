import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { canonicalJson, sortedNames } from "./canonical.ts";
import { checkCanonicalJson } from "./check-canonical.ts";
import { compareCodePoints } from "./code-points.ts";
import { parseJson, parseJsonWithNumbers } from "./parse.ts";
import { canonicalObjects, canonicalValues } from "./testing.ts";

test("reading what was written gives the value back", () => {
  fc.assert(fc.property(canonicalValues, (value) => assert.deepEqual(parseJson(canonicalJson(value)), value)));
});

test("what was written is canonical in the strict sense", () => {
  fc.assert(
    fc.property(canonicalValues, (value) => {
      const { value: again, oddNumbers } = parseJsonWithNumbers(canonicalJson(value));
      assert.deepEqual(checkCanonicalJson(again, oddNumbers), { allowed: true });
    }),
  );
});

test("the order in which members were set does not matter", () => {
  fc.assert(
    fc.property(canonicalObjects, (object) => {
      const turned = Object.fromEntries(Object.entries(object).toReversed());
      assert.equal(canonicalJson(turned), canonicalJson(object));
    }),
  );
});

test("names stand in the order of their code points", () => {
  fc.assert(
    fc.property(canonicalObjects, (object) => {
      const names = sortedNames(object).map((name) => Array.from(name, (character) => character.codePointAt(0) ?? 0));
      for (const [index, name] of names.entries()) assert.ok(index === 0 || isBefore(names[index - 1] ?? [], name));
    }),
  );
});

test("objects with many members are sorted as those with few", () => {
  const names = Array.from({ length: 100 }, (_, index) => `${(index * 37) % 100}-\u{1f600}`);
  const written = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
  const sorted = names.toSorted(compareCodePoints).map((name) => `"${name}":0`);
  assert.equal(written, `{${sorted.join(",")}}`);
});

test("an emoji stands after the last characters below U+10000", () => {
  assert.equal(canonicalJson({ "\u{1f600}": 1, "\uffee": 2 }), '{"\uffee":2,"\u{1f600}":1}');
  assert.ok(compareCodePoints("a\u{1f600}", "a\uffee") > 0);
  assert.ok(compareCodePoints("a", "ab") < 0);
  assert.equal(compareCodePoints("\u{1f600}", "\u{1f600}"), 0);
});

test("a member called __proto__ is a member", () => {
  assert.equal(canonicalJson(parseJson('{"b":{"__proto__":{"x":1}},"a":2}')), '{"a":2,"b":{"__proto__":{"x":1}}}');
});

test("numbers of old rooms are written with all their digits", () => {
  assert.equal(
    canonicalJson([-0, 1e10, 1e21, 2 ** 60, 1.5]),
    "[0,10000000000,1000000000000000000000,1152921504606846976,1.5]",
  );
  assert.equal(canonicalJson(Number.POSITIVE_INFINITY), "null");
});

test("half of a character is escaped, so that the text can be encoded", () => {
  assert.equal(canonicalJson("\ud83d"), '"\\ud83d"');
});

/** Whether one list of code points is before the other, by the definition. */
function isBefore(one: readonly number[], other: readonly number[]): boolean {
  for (const [index, point] of one.entries()) {
    const otherPoint = other[index];
    if (otherPoint === undefined) return false;
    if (point !== otherPoint) return point < otherPoint;
  }
  return one.length < other.length;
}
