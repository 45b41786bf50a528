import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import type { Aliases } from "./aliases.ts";

/**
 * The aliases of this server that point to a room: for its members, and for everybody when the world may read the room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidaliases
 */
export const getLocalAliases = ({ aliases, rooms }: { readonly aliases: Aliases; readonly rooms: Rooms }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/rooms/{roomId}/aliases",
    auth: "user",
    limit: "reading",
    params: Type.Object({ roomId: Type.String() }),

    async handle({ params: { roomId }, requester: { userId } }) {
      const isAllowed = await rooms.read(roomId, (room) => {
        const visibility = room.state("m.room.history_visibility", "")?.pdu.content["history_visibility"];
        return visibility === "world_readable" || membershipOf(room.state("m.room.member", userId)) === "join";
      });
      if (!isAllowed) throw forbidden("You are not in this room");
      return { aliases: (await aliases.ofRoom(roomId)).map(({ alias }) => alias) };
    },
  });
