import assert from "node:assert/strict";
import { test } from "node:test";
import { isMxcUri, parseMxcUri } from "./mxc.ts";
import { isDeviceId, isServerKeyId, parseKeyId } from "./opaque.ts";
import { canonicalEmail, canonicalMsisdn } from "./threepid.ts";
import { mapToLocalpart } from "./user-id-mapping.ts";

test("a key ID is an algorithm and a name, which may hold colons", () => {
  assert.deepEqual(parseKeyId("ed25519:AB:C"), { keyId: "ed25519:AB:C", algorithm: "ed25519", name: "AB:C" });
  for (const text of ["", "ed25519", "ed25519:", ":AB"]) assert.equal(parseKeyId(text), undefined);
  assert.deepEqual(["ed25519:a_1", "ed25519:a-b", "rsa:a"].map(isServerKeyId), [true, false, false]);
});

test("a device may call itself almost anything", () => {
  assert.deepEqual(["ABC", "my phone 📱", "", "a".repeat(513), "\0"].map(isDeviceId), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("a content URI has a server and an ID, and nothing else", () => {
  assert.equal(parseMxcUri("mxc://[::1]:8448/abc")?.serverName, "[::1]:8448");
  for (const uri of ["mxc://a", "mxc:///b", "mxc://a/", "mxc://a/b/c", "mxc://a/..", "http://a/b"]) {
    assert.equal(isMxcUri(uri), false, uri);
  }
});

test("a local part made of any name is allowed for a new account, unless it is empty", () => {
  assert.equal(mapToLocalpart("Ünï cödé_"), "=c3=9cn=c3=af=20c=c3=b6d=c3=a9_");
});

test("an e-mail address has one at sign and two sides", () => {
  assert.equal(canonicalEmail("Bob+Tag@EXAMPLE.org"), "bob+tag@example.org");
  for (const address of ["bob", "@a", "bob@", "a@b@c", "Bob <bob@example.org>", "mailto:bob@a"]) {
    assert.equal(canonicalEmail(address), undefined, address);
  }
});

test("a telephone number is international, with or without its plus", () => {
  assert.equal(canonicalMsisdn("+44 20 7946-0000"), "442079460000");
  for (const number of ["0123", "12a", "", "1".repeat(16)]) assert.equal(canonicalMsisdn(number), undefined);
});
