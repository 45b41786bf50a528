import assert from "node:assert/strict";
import { test } from "node:test";
import { readLevel } from "./level.ts";
import { rulesOf } from "./testing.ts";

const lenient = rulesOf("9");
const strict = rulesOf("10");

test("an integer is a level in every version", () => {
  for (const level of [0, -5, 100, 2 ** 53 - 1]) {
    assert.equal(readLevel(level, lenient), level);
    assert.equal(readLevel(level, strict), level);
  }
});

test("a string or a float is a level until version 9", () => {
  assert.equal(readLevel(" +0100 ", lenient), 100);
  assert.equal(readLevel(-1.9, lenient), -1);
  assert.ok(Object.is(readLevel("-0", lenient), 0), "no negative zero");
  for (const value of ["100", 1.5]) assert.equal(readLevel(value, strict), undefined);
});

test("what is beyond every number is no level", () => {
  assert.equal(readLevel(JSON.parse("1e999"), lenient), undefined);
  assert.equal(readLevel("9".repeat(400), lenient), undefined);
  assert.equal(readLevel(JSON.parse("1e999"), strict), undefined);
});

test("nothing else is a level", () => {
  for (const value of [undefined, null, true, "", "1.5", "1e2", "0x10", "five", [], [1], {}]) {
    assert.equal(readLevel(value, lenient), undefined);
    assert.equal(readLevel(value, strict), undefined);
  }
});
