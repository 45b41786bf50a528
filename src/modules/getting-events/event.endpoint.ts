import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { requireVisibleEvent } from "./visible-event.ts";

/**
 * One event, if the user may see it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomideventeventid
 */
export const getOneRoomEvent = ({ rooms, clock }: { readonly rooms: Rooms; readonly clock: Clock }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/rooms/{roomId}/event/{eventId}",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ roomId: Type.String(), eventId: Type.String() }),

    async handle({ params: { roomId, eventId }, requester }) {
      const { event } = await requireVisibleEvent(rooms, { roomId, eventId, userId: requester.userId });
      const texts = await renderEvents(rooms, [event], {
        viewer: requester,
        decorated: true,
        // Up to v1.6 this one endpoint shows what was sent, even where edits take the place of contents.
        withOwnContent: true,
        withRoomId: true,
        now: clock.now(),
      });
      return new JsonText(texts.join(""));
    },
  });
