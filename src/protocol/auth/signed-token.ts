import { isJsonObject, type JsonObject } from "../json/json.ts";
import { verifySignature } from "../signing/crypto.ts";
import { signedTextOf } from "../signing/json.ts";

/**
 * Every signature is tried with every key, and two events have room for hundreds of thousands of pairs. An honest object
 * bears one signature or two; 256 verifications cost some 20 ms.
 * Deviates: the text knows no limit, because it does not say who pays.
 */
const maxAttempts = 256;

/**
 * Whether one of these keys made one of the signatures in `signatures`. Whose names they stand under does not matter: the
 * room's invite says which keys count. Only Ed25519 is known.
 * @see https://spec.matrix.org/v1.19/client-server-api/#third-party-invites
 */
export function isSignedByAny(publicKeys: readonly string[], signed: JsonObject): boolean {
  const text = signedTextOf(signed);
  const keys = publicKeys.map(inStandardAlphabet);
  let attempts = 0;
  for (const signature of ed25519SignaturesOf(signed)) {
    for (const publicKey of keys) {
      attempts += 1;
      if (attempts > maxAttempts) return false;
      if (verifySignature(publicKey, text, signature)) return true;
    }
  }
  return false;
}

function ed25519SignaturesOf(signed: JsonObject): readonly string[] {
  const { signatures } = signed;
  if (!isJsonObject(signatures)) return [];
  return Object.values(signatures)
    .filter((ofSigner) => isJsonObject(ofSigner))
    .flatMap((ofSigner) => Object.entries(ofSigner))
    .filter(([keyId]) => keyId.startsWith("ed25519:"))
    .map(([, signature]) => signature)
    .filter((signature) => typeof signature === "string");
}

/** The keys of an invite may be written in either alphabet of base64. */
const inStandardAlphabet = (key: string): string => key.replaceAll("-", "+").replaceAll("_", "/");
