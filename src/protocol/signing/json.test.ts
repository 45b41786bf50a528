import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../json/json.ts";
import { makeSigningKey } from "./crypto.ts";
import { signatureOf, signingKeyIdsOf, signJson, verifyJson } from "./json.ts";

const key = makeSigningKey(new Uint8Array(32).fill(1), "ed25519:a");
const signed = signJson({ one: 1, unsigned: { age: 1 } }, "one.example", key);

test("what is signed verifies, whatever becomes of unsigned", () => {
  assert.deepEqual(verifyJson(signed, "one.example", key), { allowed: true });
  assert.deepEqual(verifyJson({ ...signed, unsigned: { age: 2 } }, "one.example", key), { allowed: true });
});

test("a change of what is signed is found", () => {
  assert.deepEqual(verifyJson({ ...signed, one: 2 }, "one.example", key), {
    allowed: false,
    rule: "signature.wrong",
    reason: "The signature of one.example with ed25519:a is not of this content",
  });
});

test("a signature by another signer or key does not count", () => {
  const missing = { allowed: false, rule: "signature.missing" };
  assert.partialDeepStrictEqual(verifyJson(signed, "two.example", key), missing);
  assert.partialDeepStrictEqual(verifyJson(signed, "one.example", { ...key, keyId: "ed25519:b" }), missing);
});

test("signatures of others are kept", () => {
  const other = makeSigningKey(new Uint8Array(32).fill(2), "ed25519:b");
  const twice = signJson(signJson(signed, "two.example", other), "one.example", other);
  assert.deepEqual(signingKeyIdsOf(twice, "one.example"), ["ed25519:a", "ed25519:b"]);
  assert.equal(signatureOf(twice, "one.example", "ed25519:a"), signatureOf(signed, "one.example", "ed25519:a"));
  for (const by of ["one.example", "two.example"]) assert.deepEqual(verifyJson(twice, by, other), { allowed: true });
});

test("signatures of the wrong form are no signatures", () => {
  const forms: JsonObject[] = [
    { signatures: null },
    { signatures: [] },
    { signatures: { "one.example": "text" } },
    { signatures: { "one.example": { "ed25519:a": 1 } } },
  ];
  for (const object of forms) {
    assert.partialDeepStrictEqual(verifyJson(object, "one.example", key), { rule: "signature.missing" });
  }
  assert.equal(signatureOf({ signatures: {} }, "constructor", "name"), undefined);
});
