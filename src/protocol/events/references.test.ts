import assert from "node:assert/strict";
import { test } from "node:test";
import { eventIdsOf } from "./references.ts";

test("IDs are read from either form of references", () => {
  assert.deepEqual(eventIdsOf(["$a", "$b"]), ["$a", "$b"]);
  assert.deepEqual(
    eventIdsOf([
      ["$a", { sha256: "x" }],
      ["$b", {}],
    ]),
    ["$a", "$b"],
  );
});

test("what is no reference is left out", () => {
  assert.deepEqual(eventIdsOf([null, 1, [], [1], {}, "$a"]), ["$a"]);
});
