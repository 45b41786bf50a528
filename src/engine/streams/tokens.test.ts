import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatSyncToken, parseSyncToken } from "./sync-token.ts";
import { formatTimelineToken, parseTimelineToken } from "./timeline-token.ts";

const numbers = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

test("tokens are read as they were written", () => {
  fc.assert(
    fc.property(numbers, numbers, (position, ephemeral) => {
      assert.deepEqual(parseSyncToken(formatSyncToken({ position, ephemeral })), { position, ephemeral });
      assert.deepEqual(parseTimelineToken(formatTimelineToken({ before: position })), { before: position });
    }),
  );
});

test("a sync token is a place in a timeline too: after all that the client has seen", () => {
  assert.deepEqual(parseTimelineToken("s41_7"), { before: 42 });
});

test("what is no token is not read", () => {
  for (const text of ["", "s", "s1", "s1_", "s1_2_3", "s-1_2", "s1.5_2", " s1_2", "s1_2\n", `s${"9".repeat(17)}_1`]) {
    assert.equal(parseSyncToken(text), undefined, text);
    assert.equal(parseTimelineToken(text), undefined, text);
  }
  for (const text of ["t", "t-1", "t1_2", "T1"]) assert.equal(parseTimelineToken(text), undefined, text);
});
