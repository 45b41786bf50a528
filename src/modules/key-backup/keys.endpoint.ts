import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import type { Backups } from "./backups.ts";
import { atPath, toStateJson, versionQuery } from "./endpoint-parts.ts";
import { keyText, sessionsOf, sessionsSchema } from "./key-json.ts";

interface Needs {
  readonly backups: Backups;
}

const common = { ...atPath("/keys"), params: Type.Object({}), query: versionQuery };
/** Clients back up some hundred keys at once. */
const BODY_LIMIT_BYTES = 4 * 1_024 * 1_024;

/** @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keyskeys */
export const putRoomKeys = ({ backups }: Needs) =>
  endpoint({
    method: "PUT",
    ...common,
    body: Type.Object({ rooms: Type.Record(Type.String(), sessionsSchema) }),
    bodyLimitBytes: BODY_LIMIT_BYTES,

    async handle({ query: { version }, body, requester: { userId } }) {
      const keys = Object.entries(body.rooms).flatMap(([roomId, { sessions }]) => sessionsOf(roomId, sessions));
      return toStateJson(await backups.putKeys(userId, version, keys));
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keyskeys */
export const getRoomKeys = ({ backups }: Needs) =>
  endpoint({
    method: "GET",
    ...common,

    async handle({ query: { version }, requester: { userId } }) {
      const rooms = new Map<string, string[]>();
      for await (const page of backups.keys(userId, version))
        for (const key of page)
          rooms.getOrInsertComputed(key.roomId, () => []).push(`${JSON.stringify(key.sessionId)}:${keyText(key)}`);
      const texts = [...rooms].map(
        ([roomId, sessions]) => `${JSON.stringify(roomId)}:{"sessions":{${sessions.join(",")}}}`,
      );
      return new JsonText(`{"rooms":{${texts.join(",")}}}`);
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3room_keyskeys */
export const deleteRoomKeys = ({ backups }: Needs) =>
  endpoint({
    method: "DELETE",
    ...common,

    async handle({ query: { version }, requester: { userId } }) {
      return toStateJson(await backups.deleteKeys(userId, version));
    },
  });
