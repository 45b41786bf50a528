import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { compileGlob, compileWordGlob, containsWords, matchesGlob } from "./globs.ts";

/** The definition, read aloud: slow, and plainly right. */
function naive(pattern: readonly string[], text: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return text.length === 0;
  if (head === "*") return naive(rest, text) || (text.length > 0 && naive(pattern, text.slice(1)));
  return text.length > 0 && (head === "?" || head === text[0]) && naive(rest, text.slice(1));
}

const isBoundary = (text: readonly string[], at: number): boolean =>
  at === 0 || at === text.length || !/\w/.test(text[at - 1] ?? "") || !/\w/.test(text[at] ?? "");

function naiveWord(pattern: readonly string[], text: readonly string[]): boolean {
  if (pattern.length === 0) return text.length === 0;
  for (let from = 0; from <= text.length; from++) {
    for (let to = from; to <= text.length; to++) {
      if (isBoundary(text, from) && isBoundary(text, to) && naive(pattern, text.slice(from, to))) return true;
    }
  }
  return false;
}

const letters = (...units: string[]) => fc.array(fc.constantFrom(...units), { maxLength: 8 });

test("a star is any number of characters, a question mark exactly one", () => {
  assert.equal(matchesGlob("lunc?*", "Lunch plans", { ignoreCase: true }), true);
  assert.equal(matchesGlob("lunc?*", "LUNCH", { ignoreCase: true }), true);
  assert.equal(matchesGlob("lunc?*", " lunch", { ignoreCase: true }), false);
  assert.equal(matchesGlob("lunc?*", "lunc", { ignoreCase: true }), false);
  assert.equal(matchesGlob("?", "😀"), true);
  assert.equal(matchesGlob("*", ""), true);
  assert.equal(matchesGlob("", "a"), false);
});

test("case counts unless the caller says otherwise", () => {
  assert.equal(matchesGlob("A*", "ab"), false);
  assert.equal(matchesGlob("A*", "ab", { ignoreCase: true }), true);
});

test("characters that mean something to regular expressions mean themselves", () => {
  assert.equal(matchesGlob("[a].(b)+$", "[a].(b)+$"), true);
  assert.equal(matchesGlob("a.c", "abc"), false);
  assert.equal(matchesGlob("a?c", "abc", { wildcards: "*" }), false);
});

test("a word pattern begins and ends at a word boundary", () => {
  const matches = compileWordGlob("ex*ple", { ignoreCase: true });
  assert.equal(matches("An example event."), true);
  assert.equal(matches("exple"), true);
  assert.equal(matches("An exciting triple-whammy"), true);
  assert.equal(matches("examples"), false);
  assert.equal(compileWordGlob("@room")("hello @room!"), true);
  assert.equal(compileWordGlob("@room")("@roomy"), false);
  assert.equal(compileWordGlob("ann")("anna, ann."), true);
});

test("a display name is found as it stands, wildcards and all", () => {
  assert.equal(containsWords("hi *bob*, there", "*Bob*"), true);
  assert.equal(containsWords("hi bobby", "Bob"), false);
  assert.equal(containsWords("anything", ""), false);
});

test("agrees with the definition for whole texts", () => {
  fc.assert(
    fc.property(letters("a", "b", "*", "?", "😀"), letters("a", "b", "c", "😀"), (pattern, text) => {
      assert.equal(compileGlob(pattern.join(""))(text.join("")), naive(pattern, text));
    }),
    { numRuns: 3000 },
  );
});

test("agrees with the definition for words", () => {
  fc.assert(
    fc.property(letters("a", "b", "*", "?", " ", "-"), letters("a", "b", " ", "-", "_"), (pattern, text) => {
      assert.equal(compileWordGlob(pattern.join(""))(text.join("")), naiveWord(pattern, text));
    }),
    { numRuns: 3000 },
  );
});

test("a pattern made to hurt costs no more than its length times the text's", () => {
  const pattern = `${"*a".repeat(200)}*b`;
  assert.equal(compileGlob(pattern)("a".repeat(100_000)), false);
});
