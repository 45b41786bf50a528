import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { invalidParam, tooLarge } from "../../http/errors.ts";
import { canonicalJson } from "../../protocol/json/canonical.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Backups } from "./backups.ts";
import { atPath, backupText } from "./endpoint-parts.ts";
import { opaqueSchema } from "./key-json.ts";

const AUTH_DATA_LIMIT_BYTES = 65_536;

interface Needs {
  readonly backups: Backups;
}

const algorithmSchema = Type.String({ minLength: 1, maxLength: 255, pattern: "^[^\\u0000]*$" });
const params = Type.Object({ version: Type.String() });

/**
 * Makes a backup.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3room_keysversion
 */
export const postRoomKeysVersion = ({ backups }: Needs) =>
  endpoint({
    method: "POST",
    ...atPath("/version"),
    params: Type.Object({}),
    body: Type.Object({ algorithm: algorithmSchema, auth_data: opaqueSchema }),

    async handle({ body: { algorithm, auth_data }, requester: { userId } }) {
      return { version: await backups.create({ userId, algorithm, authData: toText(auth_data) }) };
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keysversion */
export const getRoomKeysVersionCurrent = ({ backups }: Needs) =>
  endpoint({
    method: "GET",
    ...atPath("/version"),
    params: Type.Object({}),

    async handle({ requester: { userId } }) {
      return new JsonText(backupText(await backups.get(userId)));
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keysversionversion */
export const getRoomKeysVersion = ({ backups }: Needs) =>
  endpoint({
    method: "GET",
    ...atPath("/version/{version}"),
    params,

    async handle({ params: { version }, requester: { userId } }) {
      return new JsonText(backupText(await backups.get(userId, version)));
    },
  });

/**
 * Changes what clients know a backup by: nothing else of it can be changed.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keysversionversion
 */
export const putRoomKeysVersion = ({ backups }: Needs) =>
  endpoint({
    method: "PUT",
    ...atPath("/version/{version}"),
    params,
    body: Type.Object({
      algorithm: algorithmSchema,
      auth_data: opaqueSchema,
      version: Type.Optional(Type.String()),
    }),

    async handle({ params: { version }, body, requester: { userId } }) {
      if (body.version !== undefined && body.version !== version) throw invalidParam("The path has another version");
      await backups.update(userId, version, { algorithm: body.algorithm, authData: toText(body.auth_data) });
      return {};
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3room_keysversionversion */
export const deleteRoomKeysVersion = ({ backups }: Needs) =>
  endpoint({
    method: "DELETE",
    ...atPath("/version/{version}"),
    params,

    async handle({ params: { version }, requester: { userId } }) {
      await backups.delete(userId, version);
      return {};
    },
  });

function toText(authData: string | JsonObject): string {
  const text = canonicalJson(authData);
  if (Buffer.byteLength(text) > AUTH_DATA_LIMIT_BYTES)
    throw tooLarge(`The data of a backup may have ${AUTH_DATA_LIMIT_BYTES} bytes`);
  return text;
}
