// The only file of `protocol` with Node's cryptography: SHA-256 and Ed25519.

import {
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { decodeBase64, encodeBase64 } from "../json/base64.ts";

/** What is signed with: a name and the use of a private key, which itself stays inside. */
export interface SigningKey {
  /** `ed25519:` and a version, e.g. `ed25519:a1`. */
  readonly keyId: string;
  /** The public half, in unpadded base64. */
  readonly publicKey: string;
  /** The signature of the text in UTF-8, in unpadded base64. */
  sign(text: string): string;
}

const keyBytes = 32;
const signatureBytes = 64;
/** What stands before the 32 bytes of a key in the DER forms that Node reads (RFC 8410). */
const privateHeader = Uint8Array.fromHex("302e020100300506032b657004220420");
const publicHeader = Uint8Array.fromHex("302a300506032b6570032100");

/** A server has one key or a few, so this is room for the keys of all servers in the rooms of a large server. */
const maxPublicKeys = 4096;
const publicKeys = new Map<string, KeyObject>();
const encoder = new TextEncoder();

/**
 * The SHA-256 of a text in UTF-8.
 * @param encoding Unpadded in both cases: `base64` with `+/`, `base64url` with `-_`.
 */
export function sha256(text: string, encoding: "base64" | "base64url" = "base64"): string {
  const digest = hash("sha256", text, encoding);
  // 32 bytes have one character of padding; Node writes it for base64 alone.
  return encoding === "base64" ? digest.slice(0, -1) : digest;
}

/**
 * A signing key from its seed of 32 bytes.
 * @throws RangeError when the seed has another length.
 */
export function makeSigningKey(seed: Uint8Array, keyId: string): SigningKey {
  if (seed.length !== keyBytes) throw new RangeError(`The seed of an Ed25519 key has ${keyBytes} bytes`);
  const key = createPrivateKey({ key: derOf(privateHeader, seed), format: "der", type: "pkcs8" });
  const publicDer = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    keyId,
    publicKey: encodeBase64(publicDer.subarray(publicHeader.length)),
    sign: (text) => encodeBase64(signBytes(null, encoder.encode(text), key)),
  };
}

/**
 * Whether `signature` is the one of the text by the key. Both are base64, padded or not; what is neither a key nor a
 * signature verifies nothing.
 */
export function verifySignature(publicKey: string, text: string, signature: string): boolean {
  const bytes = decodeBase64(signature);
  if (bytes?.length !== signatureBytes) return false;
  const key = publicKeyOf(publicKey);
  return key !== undefined && verifyBytes(null, encoder.encode(text), key, bytes);
}

/** Whether the text is base64 of what has the length of an Ed25519 public key. */
export const isPublicKey = (publicKey: string): boolean => decodeBase64(publicKey)?.length === keyBytes;

/** Keys are kept as they are read, the oldest leaving first: reading one costs a tenth of a verification. */
function publicKeyOf(publicKey: string): KeyObject | undefined {
  const known = publicKeys.get(publicKey);
  if (known) return known;
  const bytes = decodeBase64(publicKey);
  if (bytes?.length !== keyBytes) return undefined;
  const key = createPublicKey({ key: derOf(publicHeader, bytes), format: "der", type: "spki" });
  if (publicKeys.size >= maxPublicKeys) publicKeys.delete(publicKeys.keys().next().value ?? "");
  publicKeys.set(publicKey, key);
  return key;
}

const derOf = (header: Uint8Array, key: Uint8Array): Buffer => Buffer.concat([header, key]);
