import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { decodeRecoveryKey, encodeRecoveryKey } from "./recovery-key.ts";

test("every key survives being written and read", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
      assert.deepEqual(decodeRecoveryKey(encodeRecoveryKey(key)), key);
    }),
  );
});

test("a key with one character changed is not read", () => {
  const written = encodeRecoveryKey(new Uint8Array(32).fill(1));
  const changed = written.slice(0, -1) + (written.endsWith("2") ? "3" : "2");
  assert.equal(decodeRecoveryKey(changed), undefined);
  assert.equal(decodeRecoveryKey(`${written}0`), undefined);
  assert.equal(decodeRecoveryKey(""), undefined);
});

test("the key of the curve's own test vector is written as other implementations write it", () => {
  const key = Buffer.from("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", "hex");
  assert.equal(encodeRecoveryKey(key), "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d");
});
