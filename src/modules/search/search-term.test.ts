import assert from "node:assert/strict";
import { test } from "node:test";
import { otherForms, parseTerm, rankOf } from "./search-term.ts";
import { tokenQuery, tokensOf } from "./tokens.ts";
import { gramsOf, gramsWithin, splitWords } from "./words.ts";

const rank = (term: string, text: string): number => rankOf(parseTerm(term), text) ?? 0;

test("a text must hold all words, and ranks above zero then", () => {
  assert.equal(rankOf(parseTerm("one two"), "one three"), undefined);
  assert.equal(rankOf(parseTerm(""), "one three"), undefined);
  assert.ok(rank("one two", "two, one") > 0);
});

test("whole words rank above parts, more above fewer, short texts above long ones", () => {
  assert.ok(rank("sun", "the sun") > rank("sun", "the sunset"));
  assert.ok(rank("sun", "sun sun") > rank("sun", "the sun"));
  assert.ok(rank("sun", "the sun") > rank("sun", `the sun ${"and the moon ".repeat(20)}`));
  assert.equal(rank("sun", "the sun"), rank("sun", "a sun"));
});

test("what a client cannot find by the words of the search is named as it is written", () => {
  assert.deepEqual(otherForms(parseTerm("cafe"), "Café cafeteria CAFE bar"), ["café"]);
  assert.deepEqual(otherForms(parseTerm("café"), "cafe thé"), ["cafe"]);
  assert.deepEqual(otherForms(parseTerm("hi"), "this"), []);
});

test("whatever holds a word has the grams that are asked for", () => {
  const texts = ["hello", "東京タワー", "東京tower", "ok", "a東b", "한국어입니다", "x".repeat(100)];
  for (const text of texts) {
    const grams = new Set(splitWords(text).flatMap(gramsOf));
    for (let from = 0; from < text.length; from++) {
      for (let to = from + 1; to <= text.length; to++) {
        const part = text.slice(from, to);
        const isFound = rankOf(parseTerm(part), text) !== undefined;
        const isAsked = splitWords(part)
          .flatMap(gramsWithin)
          .every((gram) => grams.has(gram));
        assert.ok(isAsked || !isFound, `${part} in ${text}`);
      }
    }
  }
});

test("tokens are letters and digits of ASCII, and those of rooms and keys are no grams", () => {
  const document = { position: 1, roomNid: 12, key: "content.topic", text: "room12 Topic 東 ß Ж" } as const;
  const tokens = tokensOf(document);
  assert.ok(tokens.every((token) => /^[a-z0-9]+$/.test(token)));
  assert.deepEqual(tokens.slice(0, 2), ["room12", "topic"]);
  assert.ok(tokens.slice(2).every((token) => token.length <= 3 || token.startsWith("x")));
  assert.deepEqual(tokensOf({ ...document, text: "?!" }), []);
});

test("a long search asks for some of its grams, from all over it", () => {
  const query = tokenQuery(["abcdefghijklmnopqrstuvwxyz"], { keys: ["content.body"], roomNids: [7] });
  assert.deepEqual(query, [["abc"], ["fgh"], ["jkl"], ["opq"], ["stu"], ["xyz"], ["room7"]]);
});
