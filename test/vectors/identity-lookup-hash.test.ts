import assert from "node:assert/strict";
import { lookupHash } from "../../src/protocol/ids/lookup-hash.ts";
import { readVectors, specTest } from "../support/spec.ts";

interface Vectors {
  readonly pepper: string;
  readonly vectors: readonly { readonly input: string; readonly sha256_urlsafe_unpadded_base64: string }[];
}

specTest("third-party identifiers are hashed for look-ups as the text has it", () => {
  const { pepper, vectors }: Vectors = readVectors("identity-lookup-hash");
  for (const { input, sha256_urlsafe_unpadded_base64: expected } of vectors) {
    const [address = "", medium = ""] = input.split(" ");
    assert.equal(lookupHash({ address, medium, pepper }), expected);
  }
});
