import { Type } from "typebox";
import type { JsonObject } from "../../protocol/json/json.ts";
import { endpoint } from "../../http/endpoint.ts";
import { threepidDenied } from "../../http/errors.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Aliases } from "../room-aliases/index.ts";
import type { ProfileOf } from "../room-membership/index.ts";
import type { StateRules } from "../room-state/index.ts";
import { createRoom } from "./create-room.ts";
import type { InitialState } from "./initial-state.ts";

/** More invites are more than one transaction should hold. */
const INVITE_LIMIT = 1_000;
const INITIAL_STATE_LIMIT = 1_000;

export interface Needs {
  readonly rooms: Rooms;
  readonly aliases: Aliases;
  readonly serverName: string;
  readonly profileOf: ProfileOf;
  readonly defaultRoomVersion: string;
  readonly stateRules: Pick<StateRules, "checkInitial">;
}

const JsonObjectSchema = Type.Unsafe<JsonObject>(Type.Object({}));

const Wishes = Type.Object({
  visibility: Type.Optional(Type.Union([Type.Literal("public"), Type.Literal("private")])),
  preset: Type.Optional(
    Type.Union([Type.Literal("private_chat"), Type.Literal("trusted_private_chat"), Type.Literal("public_chat")]),
  ),
  room_alias_name: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  topic: Type.Optional(Type.String()),
  invite: Type.Optional(Type.Array(Type.String(), { maxItems: INVITE_LIMIT })),
  invite_3pid: Type.Optional(Type.Array(JsonObjectSchema)),
  room_version: Type.Optional(Type.String()),
  creation_content: Type.Optional(JsonObjectSchema),
  power_level_content_override: Type.Optional(JsonObjectSchema),
  is_direct: Type.Optional(Type.Boolean()),
  initial_state: Type.Optional(
    Type.Array(
      Type.Object({ type: Type.String(), state_key: Type.Optional(Type.String()), content: JsonObjectSchema }),
      { maxItems: INITIAL_STATE_LIMIT },
    ),
  ),
});

/**
 * Makes a room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3createroom
 */
export const postCreateRoom = (needs: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/createRoom",
    auth: "user",
    suspended: "refused",
    limit: "createRoom",
    params: Type.Object({}),
    body: Wishes,

    async handle({ body, requester }) {
      if (body.invite_3pid && body.invite_3pid.length > 0) {
        throw threepidDenied("This server cannot invite by email address or telephone number");
      }
      const initialState = (body.initial_state ?? []).map(
        ({ type, state_key: stateKey = "", content }): InitialState => ({ type, stateKey, content }),
      );
      const alias = body.room_alias_name === undefined ? undefined : `#${body.room_alias_name}:${needs.serverName}`;
      for (const state of initialState) await needs.stateRules.checkInitial(state, alias);
      const roomId = await createRoom(needs, {
        creator: requester.userId,
        preset: body.preset ?? (body.visibility === "public" ? "public_chat" : "private_chat"),
        version: body.room_version ?? needs.defaultRoomVersion,
        creationContent: body.creation_content ?? {},
        powerLevelOverride: body.power_level_content_override ?? {},
        initialState,
        name: body.name,
        topic: body.topic,
        aliasLocalpart: body.room_alias_name,
        invite: [...new Set(body.invite ?? [])],
        isDirect: body.is_direct ?? false,
        isPublished: body.visibility === "public",
      });
      return { room_id: roomId };
    },
  });
