import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Module } from "../module.ts";
import type { Aliases } from "./aliases.ts";
import { getLocalAliases } from "./local-aliases.endpoint.ts";
import { deleteRoomAlias, getRoomIdByAlias, setRoomAlias } from "./room-alias.endpoint.ts";

export { type Aliases, createAliases } from "./aliases.ts";
export { mayNameRoom } from "./may-name-room.ts";

interface Needs {
  readonly aliases: Aliases;
  readonly rooms: Rooms;
  readonly serverName: string;
}

/** Names by which people find rooms. */
export const roomAliases = (needs: Needs): Module => ({
  name: "room-aliases",
  spec: [
    {
      section: "Room aliases",
      link: "https://spec.matrix.org/v1.19/client-server-api/#room-aliases",
      status: "partial",
      missing: "aliases of other servers are not looked up",
    },
  ],
  endpoints: [getRoomIdByAlias(needs), setRoomAlias(needs), deleteRoomAlias(needs), getLocalAliases(needs)],
});
