import { canonicalJson } from "../json/canonical.ts";
import { isJsonObject, type JsonObject } from "../json/json.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import { type SigningKey, verifySignature } from "./crypto.ts";

/** A public key as servers publish it. */
export interface PublicKey {
  readonly keyId: string;
  /** In base64. */
  readonly publicKey: string;
}

/**
 * What signatures of an object cover: all of it but `signatures` and `unsigned`.
 * @see https://spec.matrix.org/v1.19/appendices/#signing-json
 */
export function signedTextOf(object: JsonObject): string {
  const { signatures: _signatures, unsigned: _unsigned, ...signed } = object;
  return canonicalJson(signed);
}

/** The object with the signature of `signer` (a server name or user ID) added to those it has. */
export function signJson<T extends JsonObject>(
  object: T,
  signer: string,
  key: SigningKey,
): T & { signatures: JsonObject } {
  return withSignature(object, { signer, keyId: key.keyId, signature: key.sign(signedTextOf(object)) });
}

/** What is added to `signatures`. */
export interface Signature {
  /** A server name or user ID. */
  readonly signer: string;
  readonly keyId: string;
  /** In unpadded base64. */
  readonly signature: string;
}

/** Adds a signature; one by the same key is replaced. */
export function withSignature<T extends JsonObject>(object: T, added: Signature): T & { signatures: JsonObject } {
  const signatures = isJsonObject(object["signatures"]) ? object["signatures"] : {};
  const own = isJsonObject(signatures[added.signer]) ? signatures[added.signer] : {};
  return {
    ...object,
    signatures: {
      ...signatures,
      [added.signer]: { ...(isJsonObject(own) ? own : {}), [added.keyId]: added.signature },
    },
  };
}

/**
 * Whether the object bears the signature of `signer` by this key.
 * @see https://spec.matrix.org/v1.19/appendices/#checking-for-a-signature
 */
export function verifyJson(object: JsonObject, signer: string, key: PublicKey): Verdict {
  return verifySignedText(signedTextOf(object), object, { signer, key });
}

/** As `verifyJson`, with the text that is signed at hand: for several signatures of one object, and for events. */
export function verifySignedText(
  signedText: string,
  object: JsonObject,
  { signer, key }: { readonly signer: string; readonly key: PublicKey },
): Verdict {
  const signature = signatureOf(object, signer, key.keyId);
  if (signature === undefined) return refuse("signature.missing", `${signer} did not sign it with ${key.keyId}`);
  if (verifySignature(key.publicKey, signedText, signature)) return allow;
  return refuse("signature.wrong", `The signature of ${signer} with ${key.keyId} is not of this content`);
}

/** The signature, not checked in any way. */
export function signatureOf(object: JsonObject, signer: string, keyId: string): string | undefined {
  const signature = signaturesOf(object, signer)[keyId];
  return typeof signature === "string" ? signature : undefined;
}

/** With which keys `signer` claims to have signed the object. */
export const signingKeyIdsOf = (object: JsonObject, signer: string): string[] =>
  Object.keys(signaturesOf(object, signer));

const nothing: JsonObject = {};

function signaturesOf(object: JsonObject, signer: string): JsonObject {
  const { signatures } = object;
  if (!isJsonObject(signatures) || !Object.hasOwn(signatures, signer)) return nothing;
  const own = signatures[signer];
  return isJsonObject(own) ? own : nothing;
}
