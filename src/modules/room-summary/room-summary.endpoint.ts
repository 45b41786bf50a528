import { Type } from "typebox";
import { previewable } from "../../engine/rooms/previewable.ts";
import { summaryOf } from "../../engine/rooms/room-summary.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";

interface Needs {
  readonly rooms: Rooms;
  /** The room of an alias, or the ID itself. Throws `M_NOT_FOUND` for an alias that nobody knows. */
  readonly resolveRoom: (roomIdOrAlias: string) => Promise<string>;
}

/**
 * What a room is, for those who may come in or look in. Who has no account may ask as well: then it is told of what
 * anybody may know.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1room_summaryroomidoralias
 */
export const getRoomSummary = ({ rooms, resolveRoom }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v1/room_summary/{roomIdOrAlias}",
    // Two forms of the time before v1.15 (MSC3266), which clients still ask for.
    aliases: [
      "/_matrix/client/unstable/im.nheko.summary/summary/{roomIdOrAlias}",
      "/_matrix/client/unstable/im.nheko.summary/rooms/{roomIdOrAlias}/summary",
    ],
    auth: "optional",
    limit: "reading",
    params: Type.Object({ roomIdOrAlias: Type.String() }),
    query: Type.Object({ via: Type.Optional(Type.Array(Type.String())) }),

    async handle({ params: { roomIdOrAlias }, requester }) {
      const room = await rooms.get(await resolveRoom(roomIdOrAlias));
      // The same for rooms that do not exist and those that the user may not know of.
      if (!room || !(await previewable(rooms, [room], requester?.userId)).has(room)) throw notFound("Room not found");
      const summary = await summaryOf(rooms, room);
      if (!requester) return summary;
      const record = await rooms.memberships.ofUserInRoom(requester.userId, room.nid);
      return { ...summary, membership: record?.membership ?? "leave" };
    },
  });
