import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { verifySignature } from "../../protocol/signing/crypto.ts";
import { openSigningKey } from "./signing-key-file.ts";

/** A folder that is deleted at the end. */
function temporary() {
  const folder = mkdtempSync(join(tmpdir(), "heddle-key-"));
  const file = join(folder, "signing.key");
  return { folder, file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

test("a signing key is made when there is none, for its owner alone to read, and is the same ever after", async () => {
  using parts = temporary();
  const made = await openSigningKey(parts.file);
  assert.match(made.keyId, /^ed25519:a_[0-9a-f]{6}$/);
  assert.match(readFileSync(parts.file, "utf8"), /^ed25519 a_[0-9a-f]{6} [A-Za-z0-9+/]{43}\n$/);
  if (process.platform !== "win32") assert.equal(statSync(parts.file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(parts.folder), ["signing.key"]);
  const read = await openSigningKey(parts.file);
  assert.deepEqual([read.keyId, read.publicKey], [made.keyId, made.publicKey]);
  assert.equal(verifySignature(made.publicKey, "text", read.sign("text")), true);
});

test("of two that make the key at once, both get the same", async () => {
  using parts = temporary();
  const [a, b] = await Promise.all([openSigningKey(parts.file), openSigningKey(parts.file)]);
  assert.equal(a.publicKey, b.publicKey);
  assert.deepEqual(readdirSync(parts.folder), ["signing.key"]);
});

test("a key as other homeservers write it is read", async () => {
  using parts = temporary();
  writeFileSync(parts.file, "ed25519 1 YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1\n");
  const key = await openSigningKey(parts.file);
  assert.equal(key.keyId, "ed25519:1");
  // The key pair of the specification's appendix on signing.
  assert.equal(key.publicKey, "XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI");
});

test("a file that holds something else is named, and left as it is", async () => {
  for (const text of ["", "ed25519 a", "ed25519 a c2hvcnQ", "rsa 1 YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1"]) {
    using parts = temporary();
    writeFileSync(parts.file, text);
    await assert.rejects(openSigningKey(parts.file), (error: unknown) => {
      assert.ok(error instanceof Error && error.message.startsWith(`${parts.file} does not hold a signing key`));
      return true;
    });
    assert.equal(readFileSync(parts.file, "utf8"), text);
  }
});
