import type { Sql } from "../../store/sql.ts";
import type { Module } from "../module.ts";
import { getMutualRooms, getMutualRoomsUnstable } from "./mutual-rooms.endpoint.ts";

/** The rooms that two users share. */
export const mutualRooms = (needs: { readonly sql: Sql }): Module => ({
  name: "mutual-rooms",
  spec: [
    {
      section: "Mutual rooms",
      link: "https://spec.matrix.org/v1.19/client-server-api/#mutual-rooms",
      status: "complete",
    },
  ],
  features: ["uk.half-shot.msc2666.query_mutual_rooms", "uk.half-shot.msc2666.query_mutual_rooms.stable"],
  endpoints: [getMutualRooms(needs), getMutualRoomsUnstable(needs)],
});
