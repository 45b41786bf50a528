import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Module } from "../module.ts";
import { getSpaceHierarchy } from "./hierarchy.endpoint.ts";

/** Rooms in spaces. */
export const spaces = (needs: { readonly rooms: Rooms }): Module => ({
  name: "spaces",
  spec: [
    {
      section: "Spaces",
      link: "https://spec.matrix.org/v1.19/client-server-api/#spaces",
      status: "partial",
      missing: "other servers are not asked for rooms that this one does not know",
    },
  ],
  endpoints: [getSpaceHierarchy(needs)],
});
