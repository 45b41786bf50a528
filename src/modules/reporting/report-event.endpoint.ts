import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import { requireVisibleEvent } from "../getting-events/index.ts";
import type { Reports } from "./reports.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly reports: Reports;
}

/**
 * Reports an event of a room that the user is in.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidreporteventid
 */
export const reportEvent = ({ rooms, reports }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/report/{eventId}",
    auth: "user",
    limit: "report",
    params: Type.Object({ roomId: Type.String(), eventId: Type.String() }),
    body: Type.Object({
      reason: Type.Optional(Type.String()),
      // Up to v1.17: how bad it is.
      score: Type.Optional(Type.Integer({ minimum: -100, maximum: 0 })),
    }),

    async handle({ params: { roomId, eventId }, body: { reason = "", score }, requester: { userId } }) {
      const { access, event } = await requireVisibleEvent(rooms, { roomId, eventId, userId });
      // Since v1.8: only members report events, and others learn nothing of them.
      if (access.membership !== "join") throw notFound("There is no such event, or you are not in its room");
      const { sender } = event.pdu;
      await reports.add({ kind: "event", reporter: userId, roomId, eventId, userId: sender, reason, score });
      return {};
    },
  });
