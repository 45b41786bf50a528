import assert from "node:assert/strict";
import { formatPropertyPath, parsePropertyPath } from "../../src/protocol/dot-path.ts";
import { decodeRecoveryKey, encodeRecoveryKey } from "../../src/protocol/keys/recovery-key.ts";
import { formatXMatrix, parseXMatrix } from "../../src/protocol/signing/x-matrix.ts";
import { readVectors, specTest } from "../support/spec.ts";

interface Misc {
  readonly dot_separated_paths: { readonly vectors: readonly { path: readonly string[]; text: string }[] };
  readonly recovery_key: { readonly base58_alphabet: string; readonly group: number };
  readonly x_matrix_header: { readonly example: string };
}

specTest("property paths are read and written", () => {
  const { dot_separated_paths: paths }: Misc = readVectors("misc");
  for (const { path, text } of paths.vectors) {
    assert.deepEqual(parsePropertyPath(text), path);
    assert.equal(formatPropertyPath(path), text);
  }
});

specTest("recovery keys use the alphabet and the groups of the text", () => {
  const { recovery_key: rule }: Misc = readVectors("misc");
  const written = encodeRecoveryKey(new Uint8Array(32).fill(7));
  for (const group of written.split(" ").slice(0, -1)) assert.equal(group.length, rule.group);
  for (const character of written.replaceAll(" ", "")) assert.ok(rule.base58_alphabet.includes(character));
  assert.deepEqual(decodeRecoveryKey(written), new Uint8Array(32).fill(7));
});

specTest("the example of a signed request's header is read and written", () => {
  const { x_matrix_header: header }: Misc = readVectors("misc");
  const credentials = parseXMatrix(header.example);
  assert.deepEqual(credentials, {
    origin: "origin.hs.example.com",
    destination: "destination.hs.example.com",
    keyId: "ed25519:key1",
    signature: "ABCDEF...",
  });
  assert.equal(formatXMatrix(credentials), header.example);
});
