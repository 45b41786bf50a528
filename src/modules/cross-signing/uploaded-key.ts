import { Type } from "typebox";
import { invalidParam, invalidSignature, tooLarge } from "../../http/errors.ts";
import { canonicalJson } from "../../protocol/json/canonical.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { isPublicKey } from "../../protocol/signing/crypto.ts";
import { signedTextOf, verifyJson } from "../../protocol/signing/json.ts";
import type { Usage } from "./cross-signing.store.ts";

const KEY_LIMIT_BYTES = 65_536;

/** A cross-signing key as clients upload it. */
export type UploadedKeyJson = JsonObject & {
  readonly user_id: string;
  readonly usage: readonly string[];
  readonly keys: Readonly<Record<string, string>>;
};

const text = Type.String();

/** @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysdevice_signingupload */
export const uploadedKeySchema = Type.Unsafe<UploadedKeyJson>(
  Type.Object({
    user_id: text,
    usage: Type.Array(text),
    keys: Type.Record(text, text),
    signatures: Type.Optional(Type.Record(text, Type.Record(text, text))),
  }),
);

/** A cross-signing key that is one. */
export interface UploadedKey {
  readonly usage: Usage;
  readonly publicKey: string;
  readonly object: JsonObject;
  /** Canonical JSON text. */
  readonly json: string;
  /** What signatures cover: the same for what is the same key. */
  readonly signedText: string;
}

/**
 * The key must be the user's, for this usage, and have one public key, which is its name as well.
 * @throws MatrixError 400 `M_INVALID_PARAM`; 413 `M_TOO_LARGE`
 */
export function readUploadedKey(
  { unsigned: _unsigned, ...object }: UploadedKeyJson,
  usage: Usage,
  userId: string,
): UploadedKey {
  if (object["user_id"] !== userId) throw invalidParam(`The ${usage} key is another user's`);
  const { usage: usages, keys } = object;
  if (!usages.includes(usage)) throw invalidParam(`The ${usage} key is for another usage`);
  const [[name, publicKey] = [], ...others] = Object.entries(keys);
  if (publicKey === undefined || others.length > 0) throw invalidParam(`The ${usage} key needs one public key`);
  if (name !== `ed25519:${publicKey}` || !isPublicKey(publicKey))
    throw invalidParam(`The ${usage} key is no Ed25519 key under its own name`);
  const json = canonicalJson(object);
  if (Buffer.byteLength(json) > KEY_LIMIT_BYTES) throw tooLarge(`A key may have ${KEY_LIMIT_BYTES} bytes`);
  return { usage, publicKey, object, json, signedText: signedTextOf(object) };
}

/**
 * A self-signing or user-signing key is signed by the master key.
 * @throws MatrixError 400 `M_INVALID_SIGNATURE`
 */
export function checkSignedBy(master: string, key: UploadedKey, userId: string): void {
  const verdict = verifyJson(key.object, userId, { keyId: `ed25519:${master}`, publicKey: master });
  if (!verdict.allowed) throw invalidSignature(`The ${key.usage} key is not signed by the master key`);
}
