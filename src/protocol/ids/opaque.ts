import type { Branded } from "./ids.ts";

/** An identifier for programs alone: letters, digits and `-._~`. */
export type OpaqueId = Branded<"OpaqueId">;
/** `m.something` or `com.example.something`. */
export type NamespacedId = Branded<"NamespacedId">;
/** The name of a device. Clients may choose it, and no grammar binds them. */
export type DeviceId = Branded<"DeviceId">;
/** `algorithm:name`, as in `ed25519:DEVICE` and `signed_curve25519:AAAAHg`. */
export type KeyId = Branded<"KeyId">;

/** The parts of a key ID. */
export interface ParsedKeyId {
  readonly keyId: KeyId;
  readonly algorithm: string;
  /** Device ID, key version or what else the algorithm's owner chose. */
  readonly name: string;
}

const opaquePattern = /^[0-9A-Za-z._~-]{1,255}$/;
const namespacedPattern = /^[a-z][a-z0-9._-]{0,254}$/;
const roomVersionPattern = /^[a-z0-9.-]{1,32}$/;
const serverKeyPattern = /^ed25519:[A-Za-z0-9_]+$/;
const maxDeviceIdLength = 512;

/**
 * Whether the text is an opaque identifier: 1 to 255 letters, digits and `-._~`.
 * @see https://spec.matrix.org/v1.19/appendices/#opaque-identifiers
 */
export const isOpaqueId = (text: string): text is OpaqueId => opaquePattern.test(text);

/**
 * Whether the text is a name such as `m.room` or `com.example.thing`.
 * @see https://spec.matrix.org/v1.19/appendices/#common-namespaced-identifier-grammar
 */
export const isNamespacedId = (text: string): text is NamespacedId => namespacedPattern.test(text);

/** Whether the text has the form of a room version. Whether we know it is another question. */
export const isRoomVersionId = (text: string): boolean => roomVersionPattern.test(text);

/** Whether we take the text as a device ID: not empty, not absurdly long, no lone surrogates or NUL. */
export const isDeviceId = (text: string): text is DeviceId =>
  text !== "" && text.length <= maxDeviceIdLength && !text.includes("\0") && text.isWellFormed();

/** Whether the text names a server's signing key: `ed25519:` and letters, digits and underscores. */
export const isServerKeyId = (text: string): text is KeyId => serverKeyPattern.test(text);

/**
 * Takes a key ID apart at its first colon.
 * @see https://spec.matrix.org/v1.19/client-server-api/#key-algorithms
 * @returns `undefined` when either part is empty.
 */
export function parseKeyId(text: string): ParsedKeyId | undefined {
  if (!isKeyId(text)) return undefined;
  const colon = text.indexOf(":");
  return { keyId: text, algorithm: text.slice(0, colon), name: text.slice(colon + 1) };
}

/** Whether the text is a key ID: something, a colon, something. */
export function isKeyId(text: string): text is KeyId {
  const colon = text.indexOf(":");
  return colon > 0 && colon < text.length - 1;
}
