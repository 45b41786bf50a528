import { Type } from "typebox";
import { invalidParam, tooLarge } from "../../http/errors.ts";
import { canonicalJson } from "../../protocol/json/canonical.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { BackedUpKey } from "./keys.store.ts";

/** Bytes of the encrypted part of a key. */
const SESSION_DATA_LIMIT_BYTES = 65_536;
/** Characters of a room or session ID. */
const ID_LIMIT = 255;

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Encrypted or public data that only clients understand. */
export const opaqueSchema = Type.Unsafe<string | JsonObject>(Type.Union([Type.Object({}), Type.String()]));

/** @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keyskeysroomidsessionid */
export const keySchema = Type.Object({
  first_message_index: count,
  forwarded_count: count,
  is_verified: Type.Boolean(),
  session_data: opaqueSchema,
});

/** The keys of a room, by session. */
export const sessionsSchema = Type.Object({ sessions: Type.Record(Type.String(), keySchema) });

/** A key as clients send and get it. */
export interface KeyJson {
  readonly first_message_index: number;
  readonly forwarded_count: number;
  readonly is_verified: boolean;
  readonly session_data: string | JsonObject;
}

/** @throws MatrixError 400 `M_INVALID_PARAM` for what is no ID; 413 `M_TOO_LARGE` */
export function toBackedUpKey(roomId: string, sessionId: string, key: KeyJson): BackedUpKey {
  for (const id of [roomId, sessionId])
    if (id === "" || id.length > ID_LIMIT || id.includes("\0")) throw invalidParam("This is no room or session ID");
  const sessionData = canonicalJson(key.session_data);
  if (Buffer.byteLength(sessionData) > SESSION_DATA_LIMIT_BYTES)
    throw tooLarge(`The data of a session may have ${SESSION_DATA_LIMIT_BYTES} bytes`);
  return {
    roomId,
    sessionId,
    firstMessageIndex: key.first_message_index,
    forwardedCount: key.forwarded_count,
    isVerified: key.is_verified ? 1 : 0,
    sessionData,
  };
}

/** The keys of a room as they are stored. */
export const sessionsOf = (roomId: string, sessions: Readonly<Record<string, KeyJson>>): BackedUpKey[] =>
  Object.entries(sessions).map(([sessionId, key]) => toBackedUpKey(roomId, sessionId, key));

/** JSON text of a key, as clients sent it. */
export const keyText = (key: BackedUpKey): string =>
  `{"first_message_index":${key.firstMessageIndex},"forwarded_count":${key.forwardedCount},` +
  `"is_verified":${key.isVerified === 1},"session_data":${key.sessionData}}`;
