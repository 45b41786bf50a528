import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Module } from "../module.ts";
import { getEventByTimestamp } from "./timestamp-to-event.endpoint.ts";

/** Jumping to a date. */
export const timestampToEvent = (needs: { readonly rooms: Rooms }): Module => ({
  name: "timestamp-to-event",
  spec: [
    {
      section: "Getting an event by its time",
      link: "https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidtimestamp_to_event",
      status: "partial",
      missing: "history that this server does not have is not asked of other servers",
    },
  ],
  features: ["org.matrix.msc3030", "org.matrix.msc3030.stable"],
  endpoints: [getEventByTimestamp(needs)],
});
