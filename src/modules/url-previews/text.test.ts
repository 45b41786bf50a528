import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { plainText } from "./text.ts";

test("whatever a page says, nothing of it is a tag, unseen, or too long", () => {
  const piece = fc.constantFrom(
    "<",
    ">",
    "b",
    "/",
    "!",
    "?",
    " ",
    "\n",
    "script",
    "\u0000",
    "\u202e",
    "\u{1f600}",
    "\ud800",
    "&",
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: piece }, fc.string()), { maxLength: 60 }),
      fc.integer({ min: 1, max: 30 }),
      (pieces, longest) => {
        const text = plainText(pieces.join(""), longest);
        assert.doesNotMatch(text, /<[a-z/!?]/i);
        assert.doesNotMatch(text, /[\p{Cc}\u202a-\u202e\u2066-\u2069]|^\s|\s$| {2}/u);
        assert.ok(Array.from(text).length <= longest && text.isWellFormed());
      },
    ),
    { numRuns: 3_000 },
  );
});

test("text that is fine stays as it is", () => {
  for (const text of ["", "a < b > c", "Ünïcödé 日本 👩‍👩‍👧", "x".repeat(20)]) assert.equal(plainText(text, 20), text);
});
