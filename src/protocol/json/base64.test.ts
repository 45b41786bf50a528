import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { decodeBase64, encodeBase64 } from "./base64.ts";

test("any bytes come back in either alphabet", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom("standard" as const, "url" as const), (bytes, alphabet) => {
      const text = encodeBase64(bytes, alphabet);
      assert.doesNotMatch(text, alphabet === "url" ? /[+/=]/ : /[-_=]/);
      assert.deepEqual(decodeBase64(text, alphabet), bytes);
    }),
  );
});

test("padding may be there", () => {
  for (const text of ["+/8", "+/8="]) assert.deepEqual(decodeBase64(text), Uint8Array.of(0xfb, 0xff));
  assert.deepEqual(decodeBase64("-_8=", "url"), Uint8Array.of(0xfb, 0xff));
});

test("what is not base64 gives nothing", () => {
  for (const text of ["A", "AAAAA", "AA A", "A=A=", "AA===", "-_8", "\nAAAA", "ÄAAA"]) {
    assert.equal(decodeBase64(text), undefined, text);
  }
  assert.equal(decodeBase64("+/8", "url"), undefined);
});
