import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as assertProperty, asyncProperty, maxSafeNat } from "fast-check";
import { sortInTurns } from "./sort-in-turns.ts";

test("few numbers are sorted", async () => {
  await assertProperty(
    asyncProperty(array(maxSafeNat()), async (numbers) => {
      assert.deepEqual(
        [...(await sortInTurns(numbers))],
        numbers.toSorted((a, b) => a - b),
      );
    }),
  );
});

for (const count of [4_096, 4_097, 12_288, 50_000]) {
  test(`${count} numbers are sorted`, async () => {
    // A step that has no divisor in common with the count meets every number once.
    const numbers = Array.from({ length: count }, (_, index) => (index * 7_919) % count);
    assert.deepEqual(
      [...(await sortInTurns(numbers))],
      Array.from({ length: count }, (_, index) => index),
    );
  });
}
