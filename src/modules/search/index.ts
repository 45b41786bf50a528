import type { Bus } from "../../bus/bus.ts";
import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Database } from "../../store/sql.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import type { Module } from "../module.ts";
import { Indexer } from "./indexer.ts";
import { search as searchEndpoint } from "./search.endpoint.ts";
import { searchIndex } from "./search-index.ts";

interface Needs {
  readonly database: Database;
  readonly bus: Bus;
  readonly partitions: Partitions;
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly ignoredBy: IgnoredBy;
}

/** Finds what was said in one's rooms. */
export const search = (needs: Needs): Module => {
  const index = searchIndex(needs.database);
  const indexer = new Indexer({ ...needs, index });
  needs.rooms.follow({
    onRedacted(tx, target) {
      const { text, params } = index.deletion(target.position);
      tx.run(text, params);
    },
  });
  return {
    name: "search",
    spec: [
      {
        section: "Server Side Search",
        link: "https://spec.matrix.org/v1.19/client-server-api/#server-side-search",
        status: "complete",
      },
    ],
    endpoints: [searchEndpoint({ ...needs, index, indexer })],
    dispose: async () => await indexer.stop(),
  };
};
