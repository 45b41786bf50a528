import { parseJsonObject, type JsonObject } from "../../protocol/json/json.ts";
import { type Signature, withSignature } from "../../protocol/signing/json.ts";
import type { Sql } from "../../store/sql.ts";
import type { CrossSigned } from "../device-keys/index.ts";
import { type AddedSignature, readKeys, readSignatures, type StoredKey, type Usage } from "./cross-signing.store.ts";

/** What there is of users, as one user may see it. Two queries, for any number of users. */
export async function crossSignedOf(sql: Sql, userIds: readonly string[], viewer: string): Promise<CrossSigned> {
  const [keys, added] = await Promise.all([readKeys(sql, userIds, viewer), readSignatures(sql, userIds, viewer)]);
  const byTarget = Map.groupBy(added, ({ targetUser, targetKey }) => targetOf(targetUser, targetKey));
  const signaturesOn = (userId: string, key: string): Signature[] =>
    (byTarget.get(targetOf(userId, key)) ?? []).map(toSignature);
  const keysFor = (usage: Usage): Map<string, JsonObject> =>
    new Map(
      keys
        .filter((key) => key.usage === usage)
        .map((key) => [key.userId, signed(key, signaturesOn(key.userId, key.publicKey))]),
    );
  return {
    masterKeys: keysFor("master"),
    selfSigningKeys: keysFor("self_signing"),
    userSigningKeys: keysFor("user_signing"),
    signaturesOf: ({ userId, deviceId }) => signaturesOn(userId, deviceId),
  };
}

/** The public key of a cross-signing key: it has only one. */
export const publicKeyOf = (key: JsonObject | undefined): string | undefined =>
  Object.values(Object(key?.["keys"])).find((value) => typeof value === "string");

const targetOf = (userId: string, key: string): string => JSON.stringify([userId, key]);

const toSignature = ({ signerUser, signerKey, signature }: AddedSignature): Signature => ({
  signer: signerUser,
  keyId: signerKey,
  signature,
});

function signed({ json }: StoredKey, signatures: readonly Signature[]): JsonObject {
  let key = parseJsonObject(json);
  for (const signature of signatures) key = withSignature(key, signature);
  return key;
}
