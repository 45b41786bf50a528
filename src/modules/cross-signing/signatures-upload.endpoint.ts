import { Type } from "typebox";
import { Turns } from "../../engine/turns.ts";
import { endpoint } from "../../http/endpoint.ts";
import { MatrixError, tooLarge } from "../../http/errors.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { readDeviceKeysOf } from "../device-keys/index.ts";
import type { CrossSigningKeys } from "./cross-signing-keys.ts";
import type { AddedSignature } from "./cross-signing.store.ts";
import { verifyNewSignatures } from "./signatures.ts";

/** Keys that one request may sign. */
const KEY_LIMIT = 1_000;

interface Needs {
  readonly sql: Sql;
  readonly keys: CrossSigningKeys;
}

/**
 * Adds signatures to keys: those that hold are stored, of the others the answer says why they are not.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keyssignaturesupload
 */
export const uploadCrossSigningSignatures = ({ sql, keys }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/keys/signatures/upload",
    aliases: ["/_matrix/client/unstable/keys/signatures/upload"],
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    body: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unsafe<JsonObject>(Type.Object({})))),

    async handle({ body, requester: { userId } }) {
      const signed = Object.entries(body).flatMap(([targetUser, objects]) =>
        Object.entries(objects).map(([key, object]) => ({ targetUser, key, object })),
      );
      if (signed.length > KEY_LIMIT) throw tooLarge(`One request may sign ${KEY_LIMIT} keys`);
      const targetUsers = [...new Set([userId, ...Object.keys(body)])].filter((target) => !target.includes("\0"));
      const [crossSigned, devices] = await Promise.all([keys.of(targetUsers, userId), readDeviceKeysOf(sql, [userId])]);
      const signable = { userId, crossSigned, devices };
      const added: AddedSignature[] = [];
      const failures = new Map<string, Map<string, MatrixError>>();
      const turns = new Turns();
      for (const { targetUser, key, object } of signed) {
        await turns.next();
        const verified = verifyNewSignatures(signable, targetUser, { key, object });
        if (verified instanceof MatrixError) {
          failures.getOrInsertComputed(targetUser, () => new Map()).set(key, verified);
          continue;
        }
        for (const [signerKey, signature] of verified)
          added.push({ targetUser, targetKey: key, signerUser: userId, signerKey, signature });
      }
      await keys.addSignatures(userId, added);
      return { failures: toJson(failures) };
    },
  });

const toJson = (failures: ReadonlyMap<string, ReadonlyMap<string, MatrixError>>): object =>
  Object.fromEntries([...failures].map(([userId, byKey]) => [userId, Object.fromEntries(byKey)]));
