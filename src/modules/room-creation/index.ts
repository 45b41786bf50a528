import type { Module } from "../module.ts";
import { type Needs, postCreateRoom } from "./create-room.endpoint.ts";

export { createRoom, type CreationNeeds, type RoomWishes } from "./create-room.ts";

/** Making rooms. */
export const roomCreation = (needs: Needs): Module => ({
  name: "room-creation",
  spec: [
    {
      section: "Creation",
      link: "https://spec.matrix.org/v1.19/client-server-api/#creation",
      status: "partial",
      missing: "invites by email or telephone number (refused with M_THREEPID_DENIED)",
    },
  ],
  endpoints: [postCreateRoom(needs)],
});
