import assert from "node:assert/strict";
import { test } from "node:test";
import { toNewUserId, toUserId } from "./user-name.ts";

test("a bare name and a user ID are the same user", () => {
  assert.equal(toUserId("alice", "example.org"), "@alice:example.org");
  assert.equal(toUserId("@alice:example.org", "example.org"), "@alice:example.org");
});

test("users of other servers are not administered here", () => {
  assert.throws(() => toUserId("@alice:elsewhere.org", "example.org"), /is not a user of example\.org/);
});

test("old accounts may have names that new ones may not", () => {
  assert.equal(toUserId("Alice", "example.org"), "@Alice:example.org");
  assert.throws(() => toNewUserId("Alice", "example.org"), /only a-z, 0-9/);
});
