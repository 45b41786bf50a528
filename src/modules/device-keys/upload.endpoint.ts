import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { badJson, invalidParam, tooLarge } from "../../http/errors.ts";
import { canonicalJson } from "../../protocol/json/canonical.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { KeyCountsOfDevices } from "./key-counts.ts";
import type { DeviceName, OneTimeKey } from "./one-time-keys.store.ts";
import type { Uploads } from "./uploads.ts";

/** Bytes of the keys of a device, and of one other key. */
const DEVICE_KEYS_LIMIT_BYTES = 65_536;
const KEY_LIMIT_BYTES = 8_192;
/** Characters of the name of a key: its algorithm, a colon and its ID. */
const KEY_NAME_LIMIT = 255;

interface Needs {
  readonly uploads: Uploads;
  readonly counts: KeyCountsOfDevices;
}

const text = Type.String();
const keysSchema = Type.Record(text, Type.Unsafe<string | JsonObject>(Type.Union([text, Type.Object({})])));

/** What is not there is told by the handler, as other servers do. */
const deviceKeysSchema = Type.Object({
  user_id: Type.Optional(text),
  device_id: Type.Optional(text),
  algorithms: Type.Optional(Type.Array(text)),
  keys: Type.Optional(Type.Record(text, text)),
  signatures: Type.Optional(Type.Record(text, Type.Record(text, text))),
});

/**
 * Publishes keys of the requester's device.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysupload
 */
export const uploadKeys = ({ uploads, counts }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/keys/upload",
    // The device was named in the path once.
    aliases: ["/_matrix/client/v3/keys/upload/{deviceId}"],
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ deviceId: Type.String() }),
    body: Type.Object({
      device_keys: Type.Optional(Type.Unsafe<JsonObject>(deviceKeysSchema)),
      one_time_keys: Type.Optional(keysSchema),
      fallback_keys: Type.Optional(keysSchema),
    }),

    async handle({ params, body, requester: { userId, deviceId } }) {
      const device = { userId, deviceId };
      if (params.deviceId !== "" && params.deviceId !== deviceId) throw invalidParam("The path names another device");
      await uploads.store(device, {
        deviceKeys: body.device_keys && deviceKeysOf(body.device_keys, device),
        oneTimeKeys: keysOf(body.one_time_keys ?? {}),
        fallbackKeys: keysOf(body.fallback_keys ?? {}),
      });
      return { one_time_key_counts: (await counts.of(device)).oneTimeKeys };
    },
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

/** @throws MatrixError 400 `M_INVALID_PARAM`; 413 `M_TOO_LARGE` */
function keysOf(keys: Readonly<Record<string, string | JsonObject>>): OneTimeKey[] {
  return Object.entries(keys).map(([name, key]) => {
    const colon = name.indexOf(":");
    if (colon < 1 || colon === name.length - 1) throw invalidParam("Keys are named by an algorithm, a colon and an ID");
    if (name.length > KEY_NAME_LIMIT || name.includes("\0"))
      throw invalidParam("The name of a key is too long, or has a NUL");
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
