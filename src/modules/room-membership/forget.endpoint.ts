import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, unknownError } from "../../http/errors.ts";

/**
 * Removes a room that the user has left from everything that lists rooms.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidforget
 */
export const forgetRoom = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/forget",
    auth: "user",
    limit: "writing",
    params: Type.Object({ roomId: Type.String() }),

    async handle({ params: { roomId }, requester: { userId } }) {
      const room = await rooms.require(roomId);
      const record = await rooms.memberships.ofUserInRoom(userId, room.nid);
      if (!record) throw forbidden("You were never in this room");
      if (record.membership !== "leave" && record.membership !== "ban") throw unknownError(400, "Leave the room first");
      await rooms.forget(roomId, userId);
      return {};
    },
  });
