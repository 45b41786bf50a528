import type { Clock } from "../../clock.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { SyncSection } from "../../engine/streams/section.ts";
import type { Streams } from "../../engine/streams/streams.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import type { Module } from "../module.ts";
import { filterFor, type StoredFilter } from "./filter-for.ts";
import { sectionsBy } from "./sections.ts";
import { getSync, type OnSync } from "./sync.endpoint.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly streams: Streams;
  readonly clock: Clock;
  /** What the other modules contribute. */
  readonly sections: readonly SyncSection[];
  readonly ignoredBy: IgnoredBy;
  readonly storedFilter: StoredFilter;
  /** Follows who syncs. */
  readonly onSync?: OnSync | undefined;
}

/** `/sync`: what happened since a client last asked. */
export const sync = ({ storedFilter, sections, ...needs }: Needs): Module => ({
  name: "sync",
  spec: [
    {
      section: "Syncing",
      link: "https://spec.matrix.org/v1.19/client-server-api/#syncing",
      status: "complete",
    },
  ],
  features: ["org.matrix.msc4222"],
  endpoints: [getSync({ ...needs, sections: sectionsBy(sections), filterFor: filterFor(storedFilter) })],
});
