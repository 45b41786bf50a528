import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { containsWords } from "../../protocol/globs.ts";
import { NAMED_MEMBERS, RoomNames } from "./room-names.ts";

const bob = "@bob.smith:test";
const called = (text: string, displayName: string): boolean => {
  const names = new RoomNames();
  names.set(bob, displayName);
  return names.foundIn(text).has(bob);
};

test("members are found by their display name and by their local part", () => {
  assert.equal(called("is that great?", "Robert the Great"), false);
  assert.equal(called("the GREAT robert the great", "Robert the Great"), true);
  assert.equal(called("ask bob.smith", "Robert"), true);
  assert.equal(called("roberta", "Robert"), false);
  assert.equal(called("猫さん、こんにちは", "猫さん"), true);
});

test("whose name stands in a text between word boundaries is always found", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "B", "_", "1", " ", ".", "猫", "İ", "😀") });
  fc.assert(
    fc.property(text, text, text, (before, name, after) => {
      const body = `${before}${name}${after}`;
      if (containsWords(body, name)) assert.ok(called(body, name));
    }),
    { numRuns: 2_000 },
  );
});

test("who took another name, or left, is found by the old one no more", () => {
  const names = new RoomNames();
  names.set(bob, "Robert");
  names.set(bob, "Bertie");
  assert.deepEqual([...names.foundIn("robert")], []);
  assert.deepEqual([...names.foundIn("bertie")], [bob]);
  names.remove(bob);
  assert.deepEqual([...names.foundIn("bertie, bob.smith")], []);
});

test("of too many members nobody is found, and nothing is kept", () => {
  const names = new RoomNames();
  for (let n = 0; n <= NAMED_MEMBERS; n++) names.set(`@user${n}:test`, undefined);
  assert.equal(names.isFull, true);
  assert.equal(names.size, 0);
  names.set(bob, "Robert");
  assert.deepEqual([...names.foundIn("robert, user1")], []);
});
