import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as assertProperty, constantFrom, json, property, string, uint8Array } from "fast-check";
import { MatrixError } from "./errors.ts";
import { parseJson } from "./json.ts";

const runs = { numRuns: 500, seed: 42 };

test("what JSON.stringify writes is read as JSON.parse reads it", () => {
  assertProperty(
    property(json({ maxDepth: 5, stringUnit: "grapheme" }), (text) => {
      assert.deepEqual(parseJson(Buffer.from(text)), JSON.parse(text));
    }),
    runs,
  );
});

function check(bytes: Uint8Array): void {
  try {
    parseJson(Buffer.from(bytes));
  } catch (error) {
    assert.ok(error instanceof MatrixError);
    assert.match(error.errcode, /^M_(NOT|BAD)_JSON$/);
  }
}

test("any bytes are JSON or a MatrixError", () => {
  assertProperty(property(uint8Array({ maxLength: 500 }), check), runs);
  const marks = constantFrom("{", "[", '"', "\\", ":", ",", "]", "}", "u", "d", "8", "0", " ");
  assertProperty(
    property(string({ unit: marks, maxLength: 300 }), (text) => check(Buffer.from(text))),
    runs,
  );
});

test("a megabyte of nothing but quotes, backslashes or brackets is refused quickly", () => {
  for (const mark of ['"', "\\", '\\"', "[", "]", '{"', '["\\u']) {
    const bytes = Buffer.from(mark.repeat(1_000_000 / mark.length));
    assert.throws(() => parseJson(bytes), MatrixError);
  }
});
