import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";

/**
 * The rooms that the user is joined to.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3joined_rooms
 */
export const getJoinedRooms = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/joined_rooms",
    auth: "user",
    limit: "none",
    params: Type.Object({}),

    async handle({ requester: { userId } }) {
      const memberships = await rooms.memberships.ofUser(userId);
      return {
        joined_rooms: memberships.filter((record) => record.membership === "join").map((record) => record.roomId),
      };
    },
  });
