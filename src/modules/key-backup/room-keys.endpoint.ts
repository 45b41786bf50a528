import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import type { Backups } from "./backups.ts";
import { atPath, idParam, toStateJson, versionQuery } from "./endpoint-parts.ts";
import { keyText, sessionsOf, sessionsSchema } from "./key-json.ts";

interface Needs {
  readonly backups: Backups;
}

const common = { ...atPath("/keys/{roomId}"), params: Type.Object({ roomId: idParam }), query: versionQuery };
const BODY_LIMIT_BYTES = 4 * 1_024 * 1_024;

/** @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keyskeysroomid */
export const putRoomKeysByRoomId = ({ backups }: Needs) =>
  endpoint({
    method: "PUT",
    ...common,
    body: sessionsSchema,
    bodyLimitBytes: BODY_LIMIT_BYTES,

    async handle({ params: { roomId }, query: { version }, body, requester: { userId } }) {
      return toStateJson(await backups.putKeys(userId, version, sessionsOf(roomId, body.sessions)));
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keyskeysroomid */
export const getRoomKeysByRoomId = ({ backups }: Needs) =>
  endpoint({
    method: "GET",
    ...common,

    async handle({ params, query: { version }, requester: { userId } }) {
      const texts: string[] = [];
      for await (const page of backups.keys(userId, version, params))
        for (const key of page) texts.push(`${JSON.stringify(key.sessionId)}:${keyText(key)}`);
      return new JsonText(`{"sessions":{${texts.join(",")}}}`);
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3room_keyskeysroomid */
export const deleteRoomKeysByRoomId = ({ backups }: Needs) =>
  endpoint({
    method: "DELETE",
    ...common,

    async handle({ params, query: { version }, requester: { userId } }) {
      return toStateJson(await backups.deleteKeys(userId, version, params));
    },
  });
