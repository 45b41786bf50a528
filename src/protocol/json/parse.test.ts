import assert from "node:assert/strict";
import { test } from "node:test";
import { isNestedDeeperThan, maxNesting } from "./nesting.ts";
import { parseJson, parseJsonWithNumbers } from "./parse.ts";

const nested = (levels: number, inner = ""): string => "[".repeat(levels) + inner + "]".repeat(levels);

/** The paths of the objects and lists that hold odd numbers. */
function oddPlaces(text: string): string[] {
  const { value, oddNumbers } = parseJsonWithNumbers(text);
  const found: string[] = [];
  const visit = (inner: unknown, path: string): void => {
    if (typeof inner !== "object" || inner === null) return;
    if (oddNumbers.has(inner)) found.push(path);
    for (const [name, member] of Object.entries(inner)) visit(member, `${path}/${name}`);
  };
  visit(value, "");
  return found;
}

test("numbers that only look like integers once parsed are found where they stand", () => {
  assert.deepEqual(oddPlaces('{"a": 1.0}'), [""]);
  assert.deepEqual(oddPlaces('{"a":{"b":[0, 1e3]},"c":[1]}'), ["/a/b"]);
  assert.deepEqual(oddPlaces('[{"a":-0},{"a":0}]'), ["/0"]);
  assert.deepEqual(oddPlaces('{"a":1,"b":\n\t2E1}'), [""]);
});

test("integers beyond those that doubles hold exactly are found", () => {
  assert.deepEqual(oddPlaces("[9007199254740991,-9007199254740991]"), []);
  assert.deepEqual(oddPlaces("[9007199254740992]"), [""]);
  assert.deepEqual(oddPlaces('{"a":-9007199254740993}'), [""]);
});

test("texts that look like numbers are none", () => {
  assert.deepEqual(oddPlaces('{"a":"b: 1.5, -0 [1e3","1.5":[10]}'), []);
});

test("a member called __proto__ is a member, also when numbers are looked at", () => {
  const { value, oddNumbers } = parseJsonWithNumbers('{"__proto__":{"a":1.0}}');
  assert.deepEqual(Object.entries(value ?? {}), [["__proto__", { a: 1 }]]);
  assert.equal(oddNumbers.size, 1);
});

test("a number beyond all doubles is refused", () => {
  assert.throws(() => parseJson('{"a":1e400}'), { name: "SyntaxError", message: "The number 1e400 is too large" });
});

test("text that is not JSON is refused", () => {
  for (const text of ["", "{", '{"a":NaN}', "[1,]", "01"]) assert.throws(() => parseJson(text), SyntaxError);
});

test("nesting ends at the limit, however long the text", () => {
  assert.ok(Array.isArray(parseJson(nested(maxNesting))));
  for (const levels of [maxNesting + 1, 100_000]) {
    assert.throws(() => parseJson(nested(levels, "1.0")), { name: "SyntaxError", message: /nests deeper/ });
  }
});

test("depth is that of the deepest object or list", () => {
  assert.equal(isNestedDeeperThan("text", 0), false);
  assert.equal(isNestedDeeperThan([], 0), true);
  assert.equal(isNestedDeeperThan({ a: [1], b: {} }, 2), false);
  assert.equal(isNestedDeeperThan({ a: [1, { c: null }], b: {} }, 2), true);
});
