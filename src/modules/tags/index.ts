import type { AccountData } from "../account-data/index.ts";
import type { Module } from "../module.ts";
import { deleteRoomTag, setRoomTag } from "./tag.endpoint.ts";
import { getRoomTags } from "./tags.endpoint.ts";
import { createTags } from "./tags.ts";

/** Names under which users sort their rooms. */
export const tags = (needs: { readonly accountData: AccountData }): Module => {
  const ownTags = { tags: createTags(needs) };
  return {
    name: "tags",
    spec: [
      {
        section: "Room tagging",
        link: "https://spec.matrix.org/v1.19/client-server-api/#room-tagging",
        status: "complete",
      },
    ],
    endpoints: [getRoomTags(ownTags), setRoomTag(ownTags), deleteRoomTag(ownTags)],
  };
};
