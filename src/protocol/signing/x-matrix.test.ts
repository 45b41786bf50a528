import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatXMatrix, parseXMatrix } from "./x-matrix.ts";

const credentials = { origin: "a.example:8448", destination: "b.example", keyId: "ed25519:1", signature: "AB+/cd" };

test("a header of ours is read again", () => {
  assert.deepEqual(parseXMatrix(formatXMatrix(credentials)), credentials);
});

test("names are read in any case and order, values quoted or not", () => {
  const header = 'x-matrix  SIG=AB+/cd ,\tKey="ed25519:1", unknown=x,destination=b.example,Origin=a.example:8448';
  assert.deepEqual(parseXMatrix(header), credentials);
});

test("a backslash is taken from quoted characters", () => {
  assert.equal(parseXMatrix('X-Matrix origin="a\\.b",key="k",sig="s"')?.origin, "a.b");
});

test("the destination may be missing, the rest may not", () => {
  assert.deepEqual(parseXMatrix('X-Matrix origin=a,key="k",sig="s"'), { origin: "a", keyId: "k", signature: "s" });
  assert.equal(parseXMatrix('X-Matrix origin=a,key="k"'), undefined);
});

test("a header is refused that is malformed, ambiguous or of another scheme", () => {
  assert.equal(parseXMatrix("Bearer token"), undefined);
  assert.equal(parseXMatrix('X-Matrix origin="a,key="k",sig="s"'), undefined);
  assert.equal(parseXMatrix('X-Matrix origin="a",origin="b",key="k",sig="s"'), undefined);
  assert.equal(parseXMatrix('X-Matrix origin="a" key="k" sig="s"'), undefined);
});

test("a value that would need an escape is not written", () => {
  assert.throws(() => formatXMatrix({ ...credentials, origin: 'a"b' }), TypeError);
});

test("no header makes the parser throw, and a long one is not read", () => {
  const part = fc.constantFrom("X-Matrix ", "origin=", "key=", "sig=", '"', "\\", ",", " ", "a.example", "=");
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string())), (parts) => {
      const parsed = parseXMatrix(`X-Matrix ${parts.join("")}`);
      assert.ok(parsed === undefined || typeof parsed.origin === "string");
    }),
    { numRuns: 1000 },
  );
  assert.equal(parseXMatrix(`X-Matrix origin=a,key=b,sig=${"c".repeat(5000)}`), undefined);
});
