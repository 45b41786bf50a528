import { Type } from "typebox";
import { badJson, invalidParam, tooLarge } from "../../http/errors.ts";
import { canonicalJson } from "../../protocol/json/canonical.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { DeviceName, OneTimeKey } from "./one-time-keys.store.ts";
import type { Upload } from "./uploads.ts";

/** Bytes of the keys of a device, and of one other key. */
const DEVICE_KEYS_LIMIT_BYTES = 65_536;
const KEY_LIMIT_BYTES = 8_192;
/** Characters of the name of a key: its algorithm, a colon and its ID. */
const KEY_NAME_LIMIT = 255;

const text = Type.String();
const signaturesSchema = Type.Record(text, Type.Record(text, text));

/**
 * One-time or fallback keys, by algorithm and ID: a text, or an object with the key and its signatures. What is not there is
 * told by the handler.
 * @see https://spec.matrix.org/v1.19/client-server-api/#key-algorithms
 */
export const keysSchema = Type.Record(
  text,
  Type.Unsafe<string | JsonObject>(
    Type.Union([text, Type.Object({ key: Type.Optional(text), signatures: Type.Optional(signaturesSchema) })]),
  ),
);

/** The keys of a device. What is not there is told by the handler, as other servers do. */
export const deviceKeysSchema = Type.Unsafe<JsonObject>(
  Type.Object({
    user_id: Type.Optional(text),
    device_id: Type.Optional(text),
    algorithms: Type.Optional(Type.Array(text)),
    keys: Type.Optional(Type.Record(text, text)),
    signatures: Type.Optional(signaturesSchema),
  }),
);

/** The keys that a body uploads. */
export interface UploadJson {
  readonly device_keys?: JsonObject;
  readonly one_time_keys?: Readonly<Record<string, string | JsonObject>>;
  readonly fallback_keys?: Readonly<Record<string, string | JsonObject>>;
}

/**
 * What a body uploads for a device.
 * @throws MatrixError 400 `M_BAD_JSON`, `M_INVALID_PARAM`; 413 `M_TOO_LARGE`
 */
export const readUpload = (body: UploadJson, device: DeviceName): Upload => ({
  deviceKeys: body.device_keys && deviceKeysOf(body.device_keys, device),
  oneTimeKeys: keysOf(body.one_time_keys ?? {}),
  fallbackKeys: keysOf(body.fallback_keys ?? {}),
});

/**
 * The keys of a device as they are kept. `unsigned` is what servers say.
 * @throws MatrixError 400 `M_BAD_JSON`, `M_INVALID_PARAM`; 413 `M_TOO_LARGE`
 */
function deviceKeysOf({ unsigned: _unsigned, ...keys }: JsonObject, { userId, deviceId }: DeviceName): string {
  const missing = ["user_id", "device_id", "algorithms", "keys", "signatures"].filter((name) => !(name in keys));
  if (missing.length > 0) throw badJson(`The keys of the device need ${missing.join(", ")}`);
  if (keys["user_id"] !== userId || keys["device_id"] !== deviceId)
    throw invalidParam("These are the keys of another device");
  return limited(canonicalJson(keys), DEVICE_KEYS_LIMIT_BYTES);
}

/** @throws MatrixError 400 `M_BAD_JSON`, `M_INVALID_PARAM`; 413 `M_TOO_LARGE` */
function keysOf(keys: Readonly<Record<string, string | JsonObject>>): OneTimeKey[] {
  return Object.entries(keys).map(([name, key]) => {
    const colon = name.indexOf(":");
    if (colon < 1 || colon === name.length - 1) throw invalidParam("Keys are named by an algorithm, a colon and an ID");
    if (name.length > KEY_NAME_LIMIT || name.includes("\0"))
      throw invalidParam("The name of a key is too long, or has a NUL");
    if (typeof key === "object" && !("key" in key && "signatures" in key))
      throw badJson("A key that is an object needs key and signatures");
    return {
      algorithm: name.slice(0, colon),
      keyId: name.slice(colon + 1),
      json: limited(canonicalJson(key), KEY_LIMIT_BYTES),
    };
  });
}

function limited(json: string, limitBytes: number): string {
  if (Buffer.byteLength(json) > limitBytes) throw tooLarge(`A key may have ${limitBytes} bytes`);
  return json;
}
