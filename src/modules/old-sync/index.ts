import type { Clock } from "../../clock.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Streams } from "../../engine/streams/streams.ts";
import type { AccountData, IgnoredBy } from "../account-data/index.ts";
import type { Module } from "../module.ts";
import type { PresenceEvents, Presences } from "../presence/index.ts";
import type { Receipts } from "../receipts/index.ts";
import { getOneEvent } from "./event.endpoint.ts";
import { getEvents } from "./events.endpoint.ts";
import { initialSync } from "./initial-sync.endpoint.ts";
import { roomInitialSync } from "./room-initial-sync.endpoint.ts";

export interface Needs {
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly streams: Streams;
  readonly accountData: Pick<AccountData, "all" | "changedAfter">;
  readonly ignoredBy: IgnoredBy;
  readonly receipts: Pick<Receipts, "changedIn">;
  /** `undefined`: presence is off. */
  readonly presences: Pick<Presences, "sync"> | undefined;
  readonly presenceEvents: PresenceEvents;
}

/** What clients used before `/sync`: deprecated, and still there for those that do. */
export const oldSync = (needs: Needs): Module => ({
  name: "old-sync",
  spec: [
    {
      section: "Deprecated event stream",
      link: "https://spec.matrix.org/v1.4/client-server-api/#get_matrixclientv3events",
      status: "partial",
      missing: "public visibility of rooms",
    },
    {
      section: "Room previews",
      link: "https://spec.matrix.org/v1.19/client-server-api/#room-previews",
      status: "complete",
    },
  ],
  endpoints: [roomInitialSync(needs), initialSync(needs), getEvents(needs), getOneEvent(needs)],
});
