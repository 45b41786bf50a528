import assert from "node:assert/strict";
import { test } from "node:test";
import { prefixesOf, wordsOfUser } from "./search-term.ts";

test("a user is found by the user ID and by the words of local part and name", () => {
  assert.deepEqual(wordsOfUser("@John.Smith:test", "Smith, José"), ["@john.smith:test", "john", "smith", "jose"]);
  assert.deepEqual(wordsOfUser("@alice:test", ""), ["@alice:test", "alice"]);
});

test("a term is its words, the longest first, or the beginning of a user ID", () => {
  assert.deepEqual(prefixesOf(" al  Wonderland "), ["wonderland", "al"]);
  assert.deepEqual(prefixesOf("@Alice:te"), ["@alice:te"]);
  assert.deepEqual(prefixesOf("@alice smith"), ["@alice smith"]);
  assert.deepEqual(prefixesOf("alice:te"), ["@alice:te"]);
  assert.deepEqual(prefixesOf("name: alice"), ["alice", "name"]);
  assert.deepEqual(prefixesOf("  !?  "), []);
});

test("what is searched has limits", () => {
  assert.equal(prefixesOf("a b c d e f g h i j").length, 8);
  assert.equal(prefixesOf(`@${"a".repeat(900)}`)[0]?.length, 255);
  assert.equal(wordsOfUser("@a:test", Array.from({ length: 99 }, (_, index) => `w${index}`).join(" ")).length, 34);
});
