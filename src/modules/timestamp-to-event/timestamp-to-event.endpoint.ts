import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { accessTo } from "../../engine/rooms/visibility.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, notFound } from "../../http/errors.ts";
import { closestEvent } from "./closest-event.ts";

/**
 * The event closest to a time, in one direction, that the user may see.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidtimestamp_to_event
 */
export const getEventByTimestamp = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v1/rooms/{roomId}/timestamp_to_event",
    aliases: ["/_matrix/client/unstable/org.matrix.msc3030/rooms/{roomId}/timestamp_to_event"],
    auth: "user",
    limit: "reading",
    params: Type.Object({ roomId: Type.String() }),
    query: Type.Object({
      ts: Type.Integer(),
      dir: Type.Union([Type.Literal("f"), Type.Literal("b")]),
    }),

    async handle({ params: { roomId }, query: { ts, dir }, requester: { userId } }) {
      const room = await rooms.require(roomId);
      const access = await accessTo(rooms, room, userId);
      if (access.stateRoot === undefined) throw forbidden("You are not in this room");
      const event = await closestEvent(rooms, { room, access, time: ts, direction: dir });
      if (!event) throw notFound(`There is no event ${dir === "f" ? "after" : "before"} ${ts} that you may see`);
      return { event_id: event.eventId, origin_server_ts: event.pdu.origin_server_ts };
    },
  });
