import type { Clock } from "../../clock.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Sql } from "../../store/sql.ts";
import type { Module } from "../module.ts";
import { directoryFollower } from "./directory-follower.ts";
import { setNetworkVisibility } from "./network-visibility.endpoint.ts";
import { getPublicRooms, queryPublicRooms } from "./public-rooms.endpoint.ts";
import { RoomCount } from "./room-count.ts";
import { getRoomVisibility, setRoomVisibility } from "./room-visibility.endpoint.ts";

interface Needs {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly serverName: string;
}

/** The list of rooms that anybody may find. */
export const roomDirectory = (needs: Needs): Module => {
  needs.rooms.follow(directoryFollower({ events: needs.rooms.events }));
  const roomCount = new RoomCount(needs);
  return {
    name: "room-directory",
    spec: [
      {
        section: "Published room directory",
        link: "https://spec.matrix.org/v1.19/client-server-api/#published-room-directory",
        status: "partial",
        missing: "directories of other servers, and the lists of application services",
      },
    ],
    features: ["org.matrix.msc3827.stable"],
    endpoints: [
      getPublicRooms({ ...needs, roomCount }),
      queryPublicRooms({ ...needs, roomCount }),
      getRoomVisibility(needs),
      setRoomVisibility(needs),
      setNetworkVisibility(),
    ],
  };
};
