import { Type } from "typebox";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import { isEventChange } from "../../engine/rooms/event-change.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { accessTo, visibleEvents } from "../../engine/rooms/visibility.ts";
import { formatSyncToken, parseSyncToken, type SyncToken } from "../../engine/streams/sync-token.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import type { Needs } from "./index.ts";

const LONGEST_WAIT_MS = 120_000;
const EVENTS_OF_A_ROOM = 100;

/**
 * New events of the rooms that the user is in, waiting for the first one. Deprecated. Of each room
 * at most the first hundred are told after a long time.
 * @see https://spec.matrix.org/v1.4/client-server-api/#get_matrixclientv3events
 */
export const getEvents = ({ rooms, clock, streams }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/events",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({}),
    query: Type.Object({
      from: Type.Optional(Type.String()),
      timeout: Type.Optional(Type.Integer({ minimum: 0 })),
      room_id: Type.Optional(Type.String()),
    }),

    async handle({ query, requester: viewer, signal }) {
      const feed = await streams.feed(viewer.userId);
      const from = query.from === undefined ? streams.now : parseSyncToken(query.from);
      if (!from) throw invalidParam("`from` is no token of this server");
      const deadline = clock.now() + Math.min(query.timeout ?? 0, LONGEST_WAIT_MS);
      const isWanted = ({ roomId }: StoredEvent): boolean => query.room_id === undefined || roomId === query.room_id;
      let at = from;
      for (;;) {
        const { now } = streams;
        const changes = feed.changesSince(at)?.filter(isEventChange);
        const events = changes?.map(({ event }) => event) ?? (await readSince(rooms, viewer.userId, { at, now }));
        const wanted = events.filter(isWanted);
        if (wanted.length > 0 || clock.now() >= deadline || signal.aborted) {
          const texts = await renderEvents(rooms, wanted, { viewer, withRoomId: true, now: clock.now() });
          return new JsonText(
            `{"start":"${formatSyncToken(from)}","end":"${formatSyncToken(now)}","chunk":[${texts.join(",")}]}`,
          );
        }
        at = now;
        // Asked again without a pause in between, so that no wake-up is lost.
        if (feed.changesSince(at)?.length === 0) await feed.wait(Math.max(0, deadline - clock.now()), signal);
      }
    },
  });

/** What the feed does not remember: the next events of each room that the user is in, in the order of the log. */
async function readSince(
  rooms: Rooms,
  userId: string,
  { at, now }: { at: SyncToken; now: SyncToken },
): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for (const roomId of await rooms.memberships.roomsChangedSince(userId, at.position)) {
    const room = await rooms.get(roomId);
    if (!room) continue;
    const stretch = { roomNid: room.nid, from: at.position + 1, to: now.position + 1, limit: EVENTS_OF_A_ROOM };
    const access = await accessTo(rooms, room, userId);
    found.push(...(await visibleEvents(rooms, access, await rooms.events.forwards(stretch))));
  }
  return found.toSorted((a, b) => a.position - b.position);
}
