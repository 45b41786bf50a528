import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import type { Backups } from "./backups.ts";
import { atPath, idParam, toStateJson, versionQuery } from "./endpoint-parts.ts";
import { keySchema, keyText, toBackedUpKey } from "./key-json.ts";

interface Needs {
  readonly backups: Backups;
}

const common = {
  ...atPath("/keys/{roomId}/{sessionId}"),
  params: Type.Object({ roomId: idParam, sessionId: idParam }),
  query: versionQuery,
};

/** @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keyskeysroomidsessionid */
export const putRoomKeyBySessionId = ({ backups }: Needs) =>
  endpoint({
    method: "PUT",
    ...common,
    body: keySchema,

    async handle({ params: { roomId, sessionId }, query: { version }, body, requester: { userId } }) {
      return toStateJson(await backups.putKeys(userId, version, [toBackedUpKey(roomId, sessionId, body)]));
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keyskeysroomidsessionid */
export const getRoomKeyBySessionId = ({ backups }: Needs) =>
  endpoint({
    method: "GET",
    ...common,

    async handle({ params, query: { version }, requester: { userId } }) {
      for await (const [key] of backups.keys(userId, version, params)) if (key) return new JsonText(keyText(key));
      throw notFound("There is no such key in the backup");
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3room_keyskeysroomidsessionid */
export const deleteRoomKeyBySessionId = ({ backups }: Needs) =>
  endpoint({
    method: "DELETE",
    ...common,

    async handle({ params, query: { version }, requester: { userId } }) {
      return toStateJson(await backups.deleteKeys(userId, version, params));
    },
  });
