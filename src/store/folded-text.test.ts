import assert from "node:assert/strict";
import { test } from "node:test";
import { eachDatabase } from "../../test/support/databases.ts";
import { afterPrefix, fold, patternOf, wordsOf } from "./folded-text.ts";

test("texts that people take for the same are folded to the same", () => {
  assert.equal(fold("JOSÉ"), fold("jose"));
  assert.equal(fold("Ｆｕｌｌ"), fold("full"));
  assert.equal(fold("ÅNGSTRÖM"), fold("a\u030angstro\u0308m"));
  assert.equal(fold("İstanbul"), fold("istanbul"));
  assert.notEqual(fold("か"), fold("が"));
  assert.equal(fold("a\u0000b"), "a b");
});

test("words are found between whatever is no letter, and in scripts without spaces", () => {
  assert.deepEqual(wordsOf("Ann-Marie  O'Neil (she)", 9), ["ann", "marie", "o", "neil", "she"]);
  assert.deepEqual(wordsOf("@john.smith_2:test", 9), ["john", "smith", "2", "test"]);
  assert.deepEqual(wordsOf("one two two three", 2), ["one", "two"]);
  assert.deepEqual(wordsOf("山田太郎", 9), ["山田", "太郎"]);
  assert.deepEqual(wordsOf("🦊", 9), []);
  assert.equal(wordsOf("x".repeat(100), 9)[0]?.length, 64);
});

interface Found {
  readonly [name: string]: number;
  readonly contains: number;
  readonly begins: number;
}

eachDatabase("patterns and prefixes mean the same to both databases", async (database) => {
  const text = `SELECT CASE WHEN $1 LIKE $2 ESCAPE '\\' THEN 1 ELSE 0 END AS contains,
                       CASE WHEN $1 >= $3 AND $1 < $4 THEN 1 ELSE 0 END AS begins`;
  const ask = async (value: string, part: string) => {
    const found = await database.get<Found>(text, [value, patternOf(part), part, afterPrefix(part)]);
    return [found?.contains, found?.begins];
  };
  assert.deepEqual(await ask("100% loom", "100%"), [1, 1]);
  assert.deepEqual(await ask("1000 loom", "100%"), [0, 0]);
  assert.deepEqual(await ask("a_b", "a_"), [1, 1]);
  assert.deepEqual(await ask("axb", "a_"), [0, 0]);
  assert.deepEqual(await ask("a\\b", "\\"), [1, 0]);
  assert.deepEqual(await ask("fox 🦊", "fox "), [1, 1]);
});
