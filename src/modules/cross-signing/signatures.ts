import { type MatrixError, invalidSignature, notFound } from "../../http/errors.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../protocol/json/json.ts";
import {
  type PublicKey,
  signatureOf,
  signedTextOf,
  signingKeyIdsOf,
  verifySignedText,
  withSignature,
} from "../../protocol/signing/json.ts";
import type { CrossSigned, StoredDeviceKeys } from "../device-keys/index.ts";
import { publicKeyOf } from "./view.ts";

/** What the server has of a key that is to be signed, and who may sign it. */
interface Target {
  readonly object: JsonObject;
  /** Keys of the signing user whose signatures count here. */
  readonly signers: readonly PublicKey[];
}

/** What the requester may sign, and with what. */
export interface Signable {
  readonly userId: string;
  /** As the requester sees it. */
  readonly crossSigned: CrossSigned;
  /** The requester's own. */
  readonly devices: readonly StoredDeviceKeys[];
}

/** Signatures by their key IDs, or why there are none. */
export type Verified = ReadonlyMap<string, string> | MatrixError;

/**
 * The signatures on a key that are new and hold. A user signs the own devices with the self-signing key, the own master key
 * with the devices, and the master keys of others with the user-signing key.
 * @see https://spec.matrix.org/v1.19/client-server-api/#cross-signing
 */
export function verifyNewSignatures(
  signable: Signable,
  targetUser: string,
  { key, object }: { readonly key: string; readonly object: JsonObject },
): Verified {
  const target = targetOf(signable, targetUser, key);
  if (!target) return notFound("There is no such key");
  const { userId } = signable;
  const signedText = signedTextOf(object);
  if (signedText !== signedTextOf(target.object)) return invalidSignature("The key is not as it was uploaded");
  const claimed = new Set(signingKeyIdsOf(object, userId));
  const signers = target.signers.filter(({ keyId }) => claimed.has(keyId));
  if (signers.length === 0) return invalidSignature("The key is not signed by a key that may sign it");
  const found = new Map<string, string>();
  for (const signer of signers) {
    const verdict = verifySignedText(signedText, object, { signer: userId, key: signer });
    if (!verdict.allowed) return invalidSignature(verdict.reason);
    const signature = signatureOf(object, userId, signer.keyId) ?? "";
    if (signatureOf(target.object, userId, signer.keyId) !== signature) found.set(signer.keyId, signature);
  }
  return found;
}

function targetOf({ userId, crossSigned, devices }: Signable, targetUser: string, key: string): Target | undefined {
  const master = crossSigned.masterKeys.get(targetUser);
  const isMaster = master !== undefined && publicKeyOf(master) === key;
  if (targetUser !== userId)
    return isMaster ? { object: master, signers: signersOf(crossSigned.userSigningKeys.get(userId)) } : undefined;
  if (isMaster) return { object: master, signers: devices.flatMap(deviceSigner) };
  const device = devices.find(({ deviceId }) => deviceId === key);
  if (!device) return undefined;
  let object = parseJsonObject(device.json);
  for (const signature of crossSigned.signaturesOf(device)) object = withSignature(object, signature);
  return { object, signers: signersOf(crossSigned.selfSigningKeys.get(userId)) };
}

function signersOf(key: JsonObject | undefined): PublicKey[] {
  const publicKey = publicKeyOf(key);
  return publicKey === undefined ? [] : [{ keyId: `ed25519:${publicKey}`, publicKey }];
}

function deviceSigner({ deviceId, json }: StoredDeviceKeys): PublicKey[] {
  const { keys } = parseJsonObject(json);
  const keyId = `ed25519:${deviceId}`;
  const publicKey = isJsonObject(keys) ? keys[keyId] : undefined;
  return typeof publicKey === "string" ? [{ keyId, publicKey }] : [];
}
