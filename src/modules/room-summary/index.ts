import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Module } from "../module.ts";
import { getRoomSummary } from "./room-summary.endpoint.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly resolveRoom: (roomIdOrAlias: string) => Promise<string>;
}

/** What a room is, before one joins it. */
export const roomSummary = (needs: Needs): Module => ({
  name: "room-summary",
  spec: [
    {
      section: "Room summaries",
      link: "https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1room_summaryroomidoralias",
      status: "partial",
      missing: "other servers are not asked for rooms that this one does not know",
    },
  ],
  endpoints: [getRoomSummary(needs)],
});
