import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { readableState } from "./readable-state.ts";

/**
 * The whole state of a room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidstate
 */
export const getRoomState = ({ rooms, clock }: { readonly rooms: Rooms; readonly clock: Clock }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/rooms/{roomId}/state",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),

    async handle({ params: { roomId }, requester }) {
      const { root } = await readableState(rooms, roomId, requester.userId);
      const events = await rooms.fullState(root);
      const texts = await renderEvents(rooms, events, {
        viewer: requester,
        asState: true,
        withRoomId: true,
        now: clock.now(),
      });
      return new JsonText(`[${texts.join(",")}]`);
    },
  });
