import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import type { Reports } from "./reports.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly reports: Reports;
}

/**
 * Reports a room, which the user need not be in: it may be known from the directory, or from an invite.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidreport
 */
export const reportRoom = ({ rooms, reports }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/report",
    aliases: ["/_matrix/client/unstable/org.matrix.msc4151/rooms/{roomId}/report"],
    auth: "user",
    limit: "report",
    params: Type.Object({ roomId: Type.String() }),
    body: Type.Object({ reason: Type.String() }),

    async handle({ params: { roomId }, body: { reason }, requester: { userId } }) {
      if (!(await rooms.get(roomId))) throw notFound("No room of this ID is known here");
      await reports.add({ kind: "room", reporter: userId, roomId, reason });
      return {};
    },
  });
