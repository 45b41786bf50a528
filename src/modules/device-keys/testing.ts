import { randomBytes } from "node:crypto";
import type { TestClient } from "../../../test/support/client.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { makeSigningKey, type SigningKey } from "../../protocol/signing/crypto.ts";
import { signJson } from "../../protocol/signing/json.ts";

/** What `/keys/query` answers, as far as tests look at it. */
export type QueryJson = {
  readonly device_keys: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly master_keys: Readonly<Record<string, JsonObject>>;
  readonly self_signing_keys: Readonly<Record<string, JsonObject>>;
  readonly user_signing_keys: Readonly<Record<string, JsonObject>>;
  readonly failures: Readonly<Record<string, { readonly errcode: string }>>;
};

/** A new key; its ID names the device, or the key itself. */
export function newKey(name?: string): SigningKey {
  const seed = randomBytes(32);
  const { publicKey } = makeSigningKey(seed, "");
  return makeSigningKey(seed, `ed25519:${name ?? publicKey}`);
}

/** Keys of a client's device, signed by it. */
export function deviceKeysOf(
  { userId, deviceId }: Pick<TestClient, "userId" | "deviceId">,
  key: SigningKey,
): JsonObject {
  const keys = {
    user_id: userId,
    device_id: deviceId,
    algorithms: ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
    keys: { [`curve25519:${deviceId}`]: "curve", [key.keyId]: key.publicKey },
  };
  return signJson(keys, userId, key);
}

/** Gives the client's device new keys. */
export async function uploadDeviceKeys(client: TestClient): Promise<{ key: SigningKey; keys: JsonObject }> {
  const key = newKey(client.deviceId);
  const keys = deviceKeysOf(client, key);
  await client.post("keys/upload", { device_keys: keys });
  return { key, keys };
}

/** A key as it is signed by devices, without a signature. */
export const keyObject = (key: string): JsonObject => ({ key, signatures: {} });

/** One-time keys `1` to `count` of an algorithm. */
export const oneTimeKeys = (count: number, algorithm = "signed_curve25519"): JsonObject =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${algorithm}:${index + 1}`, keyObject(`key ${index + 1}`)]),
  );

/** The keys of users as the client sees them. */
export const query = async (client: TestClient, ...users: readonly TestClient[]): Promise<QueryJson> =>
  await client.post("keys/query", { device_keys: Object.fromEntries(users.map(({ userId }) => [userId, []])) });
