import assert from "node:assert/strict";
import { contentHash } from "../../src/protocol/events/hashes.ts";
import type { PduJson } from "../../src/protocol/events/pdu.ts";
import { signEvent, verifyEvent } from "../../src/protocol/events/sign.ts";
import { rulesOf } from "../../src/protocol/events/testing.ts";
import { decodeBase64 } from "../../src/protocol/json/base64.ts";
import type { JsonObject } from "../../src/protocol/json/json.ts";
import { makeSigningKey, type SigningKey } from "../../src/protocol/signing/crypto.ts";
import { signJson, verifyJson } from "../../src/protocol/signing/json.ts";
import { readVectors, specTest } from "../support/spec.ts";

interface Vectors {
  readonly signing_key_seed: string;
  readonly server_name: string;
  readonly key_id: string;
  readonly public_key: { readonly value: string };
  readonly json_signing: readonly { readonly input: JsonObject; readonly signed: JsonObject }[];
  /** The second lacks members that every event has; redaction and hashes do not need them. */
  readonly event_signing: readonly { readonly input: PduJson; readonly signed: PduJson }[];
}

function keyOf({ signing_key_seed: seed, key_id: keyId }: Vectors): SigningKey {
  const bytes = decodeBase64(seed);
  assert(bytes);
  return makeSigningKey(bytes, keyId);
}

specTest("the public key follows from the seed", () => {
  const vectors: Vectors = readVectors("signing");
  assert.equal(keyOf(vectors).publicKey, vectors.public_key.value);
});

specTest("objects are signed as in the text", () => {
  const vectors: Vectors = readVectors("signing");
  const key = keyOf(vectors);
  for (const { input, signed } of vectors.json_signing) {
    assert.deepEqual(signJson(input, vectors.server_name, key), signed);
    assert.deepEqual(verifyJson(signed, vectors.server_name, key), { allowed: true });
  }
});

specTest("events are hashed and signed as in the text", () => {
  const vectors: Vectors = readVectors("signing");
  const { server_name: serverName } = vectors;
  const key = keyOf(vectors);
  const rules = rulesOf("1");
  for (const { input, signed } of vectors.event_signing) {
    const hashed = { ...input, hashes: { sha256: contentHash(input) } };
    assert.deepEqual(signEvent(hashed, rules, { serverName, key }), signed);
    assert.deepEqual(verifyEvent(signed, rules, { serverName, key }), { allowed: true });
  }
});
