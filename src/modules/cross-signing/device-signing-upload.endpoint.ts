import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { forbidden, unknownError } from "../../http/errors.ts";
import { authSchema, type Uia } from "../user-interactive-authentication/index.ts";
import type { CrossSigningKeys } from "./cross-signing-keys.ts";
import { readUploadedKey, type UploadedKey, uploadedKeySchema } from "./uploaded-key.ts";

const path = "/_matrix/client/v3/keys/device_signing/upload";

interface Needs {
  readonly keys: CrossSigningKeys;
  readonly users: Pick<Users, "devices">;
  readonly uia: Uia;
}

/**
 * Publishes cross-signing keys. The password is asked for when there are some that would be replaced or added to; not for
 * the first ones, nor for the same again, so that a client whose answer got lost may ask once more.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysdevice_signingupload
 */
export const uploadCrossSigningKeys = ({ keys, users, uia }: Needs) =>
  endpoint({
    method: "POST",
    path,
    aliases: ["/_matrix/client/unstable/keys/device_signing/upload"],
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    body: Type.Object({
      auth: authSchema,
      master_key: Type.Optional(uploadedKeySchema),
      self_signing_key: Type.Optional(uploadedKeySchema),
      user_signing_key: Type.Optional(uploadedKeySchema),
    }),

    async handle({ body, requester: { userId } }) {
      const uploaded: UploadedKey[] = [];
      for (const usage of ["master", "self_signing", "user_signing"] as const) {
        const key = body[`${usage}_key`];
        if (key) uploaded.push(readUploadedKey(key, usage, userId));
      }
      // Signatures of both are named alike.
      for (const { publicKey } of uploaded)
        if (await users.devices.get(userId, publicKey)) throw forbidden("A device of yours is called as this key");
      if (await storeUnasked(keys, userId, uploaded)) return {};
      const authenticated = await uia.require({ operation: `POST ${path}`, userId, body }, [["m.login.password"]]);
      if (authenticated instanceof Answer) return authenticated;
      if (!(await keys.store(userId, await keys.check(userId, uploaded))))
        throw unknownError(409, "The keys were replaced at the same time");
      await authenticated.end();
      return {};
    },
  });

/** Stores what needs no password. Keys that another request stored meanwhile are looked at once more: they may need one. */
async function storeUnasked(
  keys: CrossSigningKeys,
  userId: string,
  uploaded: readonly UploadedKey[],
): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const upload = await keys.check(userId, uploaded);
    if (upload.needsAuthentication) return false;
    if (await keys.store(userId, upload)) return true;
  }
  return false;
}
