import type { Clock } from "../../clock.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import type { Module } from "../module.ts";
import { getEventContext } from "./context.endpoint.ts";
import { getOneRoomEvent } from "./event.endpoint.ts";
import { getRoomEvents } from "./messages.endpoint.ts";

export { requireSomeAccess } from "./some-access.ts";
export { timelinePoint } from "./timeline-point.ts";
export { timelinePage } from "./timeline-page.ts";
export { requireVisibleEvent } from "./visible-event.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly ignoredBy: IgnoredBy;
}

/** Reading the history of rooms. */
export const gettingEvents = (needs: Needs): Module => ({
  name: "getting-events",
  spec: [
    {
      section: "Getting events for a room",
      link: "https://spec.matrix.org/v1.19/client-server-api/#getting-events-for-a-room",
      status: "complete",
    },
    {
      section: "Event context",
      link: "https://spec.matrix.org/v1.19/client-server-api/#event-context",
      status: "complete",
    },
    {
      section: "Room history visibility",
      link: "https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility",
      status: "complete",
    },
  ],
  endpoints: [getRoomEvents(needs), getEventContext(needs), getOneRoomEvent(needs)],
});
