import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { checkOwner, checkRoomId } from "../account-data/index.ts";
import type { Tags } from "./tags.ts";

/**
 * The tags that the user gave a room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3useruseridroomsroomidtags
 */
export const getRoomTags = ({ tags }: { readonly tags: Tags }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags",
    auth: "user",
    limit: "none",
    params: Type.Object({ userId: Type.String(), roomId: Type.String() }),

    async handle({ params: { userId, roomId }, requester }) {
      checkOwner(userId, requester.userId);
      checkRoomId(roomId);
      return { tags: await tags.list(userId, roomId) };
    },
  });
