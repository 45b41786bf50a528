import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { checkOwner, checkRoomId } from "../account-data/index.ts";
import type { Tags } from "./tags.ts";

const path = "/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}";
const params = Type.Object({ userId: Type.String(), roomId: Type.String(), tag: Type.String() });

/**
 * Gives a room a tag, or the tag another order. Nothing asks whether the user is in the room: tags are theirs alone.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3useruseridroomsroomidtagstag
 */
export const setRoomTag = ({ tags }: { readonly tags: Tags }) =>
  endpoint({
    method: "PUT",
    path,
    auth: "user",
    limit: "none",
    params,
    body: Type.Unsafe<JsonObject>(Type.Object({})),

    async handle({ params: { userId, roomId, tag }, body, requester }) {
      checkOwner(userId, requester.userId);
      checkRoomId(roomId);
      await tags.set(userId, roomId, { name: tag, data: body });
      return {};
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3useruseridroomsroomidtagstag */
export const deleteRoomTag = ({ tags }: { readonly tags: Tags }) =>
  endpoint({
    method: "DELETE",
    path,
    auth: "user",
    limit: "none",
    params,

    async handle({ params: { userId, roomId, tag }, requester }) {
      checkOwner(userId, requester.userId);
      checkRoomId(roomId);
      await tags.remove(userId, roomId, tag);
      return {};
    },
  });
