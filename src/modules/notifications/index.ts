import { boundedCache } from "../../bounded-cache.ts";
import type { Bus } from "../../bus/bus.ts";
import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { FollowedRoom } from "../../engine/rooms/follower.ts";
import { NotLoaded } from "../../engine/rooms/not-loaded.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Sql } from "../../store/sql.ts";
import type { Module } from "../module.ts";
import { NotificationCounts } from "./counts.ts";
import { Coverage } from "./coverage.ts";
import { weighing as createWeighing } from "./event-weights.ts";
import { notificationsFollower } from "./follower.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import type { PushRules } from "../push-rules/index.ts";
import { isReceiptChange, type Receipts } from "../receipts/index.ts";
import { Names } from "./names.ts";
import { noticesPage } from "./notices.ts";
import { getNotifications } from "./notifications.endpoint.ts";
import { notificationsSection } from "./notifications.sync.ts";
import { Standings } from "./standings.ts";
import { Tallies } from "./tallies.ts";
import { Threads } from "./threads.ts";

const COUNTED_ROOMS = 1_000;
const COUNTED_FOR_MS = 5_000;

interface Needs {
  readonly sql: Sql;
  readonly partitions: Partitions;
  readonly rooms: Rooms;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly serverName: string;
  readonly pushRules: Pick<PushRules, "rulesetOf" | "ruleSetIdOf">;
  readonly ignoredBy: IgnoredBy;
  readonly receipts: Pick<Receipts, "readUpToIn">;
}

/** What users are notified of: unread counts, and the list of it. */
export const notifications = (given: Needs): Module => {
  const { rooms, sql, bus } = given;
  const names = new Names(given);
  const weighing = createWeighing({
    serverName: given.serverName,
    memberCount: memberCounting(rooms),
    namesIn: (roomNid) => names.need(roomNid),
  });
  const tallies = new Tallies(given);
  const standings = new Standings(sql);
  const threads = new Threads(async (eventId) => await rooms.events.byId(eventId));
  const needs = { ...given, weighing, tallies, standings, threads, names };
  const counts = new NotificationCounts({ ...needs, coverage: new Coverage(needs) });
  rooms.follow(notificationsFollower(needs));
  const unsubscribe = bus.subscribe(({ changes }) => {
    for (const change of changes) if (isReceiptChange(change)) standings.forget(change.reader, change.roomId);
  });
  return {
    name: "notifications",
    spec: [
      {
        section: "Receiving notifications",
        link: "https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications",
        status: "complete",
      },
    ],
    features: ["org.matrix.msc3773"],
    endpoints: [
      getNotifications({
        ...given,
        page: async (userId, wanted) => await noticesPage({ ...needs, counts }, userId, wanted),
      }),
    ],
    sync: [notificationsSection({ ...needs, counts })],
    dispose: unsubscribe,
  };
};

/** How many are joined to a room, for those who cannot wait. */
function memberCounting(rooms: Rooms): (room: FollowedRoom) => number {
  // For rooms whose number is not certain, since memberships are on their way: near enough for a moment.
  const lastKnown = boundedCache<string, number>(COUNTED_ROOMS, { ttl: COUNTED_FOR_MS });
  return ({ roomId, memberCounts }) => {
    const known = memberCounts?.joined ?? lastKnown.get(roomId);
    if (known !== undefined) return known;
    throw new NotLoaded(async () => {
      const room = await rooms.get(roomId);
      if (room) lastKnown.set(roomId, (await rooms.memberCounts(room)).joined);
    });
  };
}
