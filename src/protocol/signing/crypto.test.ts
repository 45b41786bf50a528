import assert from "node:assert/strict";
import { test } from "node:test";
import { isPublicKey, makeSigningKey, sha256, verifySignature } from "./crypto.ts";

const key = makeSigningKey(new Uint8Array(32).fill(7), "ed25519:a");

test("a signature holds for its text and key alone", () => {
  const other = makeSigningKey(new Uint8Array(32).fill(8), "ed25519:a");
  const signature = key.sign("text");
  assert.equal(verifySignature(key.publicKey, "text", signature), true);
  assert.equal(verifySignature(key.publicKey, "text", `${signature}==`), true);
  assert.equal(verifySignature(key.publicKey, "Text", signature), false);
  assert.equal(verifySignature(other.publicKey, "text", signature), false);
});

test("texts are signed as UTF-8", () => {
  assert.equal(verifySignature(key.publicKey, "日本\u{1f600}", key.sign("日本\u{1f600}")), true);
});

test("what is no key or no signature verifies nothing", () => {
  const signature = key.sign("text");
  for (const publicKey of ["", "AAAA", "not base64!", `${key.publicKey}A`]) {
    assert.equal(verifySignature(publicKey, "text", signature), false, publicKey);
    assert.equal(isPublicKey(publicKey), false, publicKey);
  }
  for (const wrong of ["", "AAAA", "not base64!", signature.slice(0, -4)]) {
    assert.equal(verifySignature(key.publicKey, "text", wrong), false, wrong);
  }
  assert.equal(isPublicKey(key.publicKey), true);
});

test("more keys than are kept can be used", () => {
  const signature = key.sign("text");
  for (let count = 0; count < 5000; count++) {
    const publicKey = new Uint8Array(32)
      .fill(count & 255)
      .fill(count >> 8, 16)
      .toBase64();
    assert.equal(verifySignature(publicKey, "other", signature), false);
  }
  assert.equal(verifySignature(key.publicKey, "text", signature), true);
});

test("a seed has 32 bytes", () => {
  assert.throws(() => makeSigningKey(new Uint8Array(31), "ed25519:a"), { name: "RangeError", message: /32 bytes/ });
});

test("hashes are written without padding in both alphabets", () => {
  assert.equal(sha256(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
  assert.equal(sha256("", "base64url"), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
});
