import { Type } from "typebox";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import { requireVisibleEvent } from "../getting-events/index.ts";
import type { Needs } from "./index.ts";

/**
 * One event, whatever its room. Deprecated.
 * @see https://spec.matrix.org/v1.4/client-server-api/#get_matrixclientv3eventseventid
 */
export const getOneEvent = ({ rooms, clock }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/events/{eventId}",
    auth: "user",
    limit: "none",
    params: Type.Object({ eventId: Type.String() }),

    async handle({ params: { eventId }, requester: viewer }) {
      const roomId = (await rooms.events.byId(eventId))?.roomId;
      if (roomId === undefined) throw notFound("There is no such event, or you may not see it");
      const { event } = await requireVisibleEvent(rooms, { roomId, eventId, userId: viewer.userId });
      const texts = await renderEvents(rooms, [event], { viewer, withRoomId: true, now: clock.now() });
      return new JsonText(texts.join(""));
    },
  });
