import { isEventChange } from "../../engine/rooms/event-change.ts";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import { type Access, accessTo, visibleEvents } from "../../engine/rooms/visibility.ts";
import type { Feed } from "../../engine/streams/feed.ts";
import type { SyncToken } from "../../engine/streams/sync-token.ts";
import { forbidden } from "../../http/errors.ts";
import { isIgnored } from "../account-data/index.ts";
import { isReceiptChange, type Receipt } from "../receipts/index.ts";
import type { Needs } from "./index.ts";
import { receiptTexts } from "./receipt-texts.ts";
import type { Watch } from "./watch.ts";

const EVENTS_AT_ONCE = 100;

/**
 * Follows a room that the viewer is not in, as long as the world may read it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-previews
 */
export function peeking(needs: Needs, viewer: Viewer, roomId: string): Watch {
  const { rooms, clock, streams, ignoredBy } = needs;
  const watched = streams.watch(roomId);
  const { feed } = watched;
  return {
    feed,
    /** @throws MatrixError `M_FORBIDDEN` when the world may not read the room, or not any more */
    async look(at) {
      const { now } = streams;
      const { room, access } = await readable(needs, viewer, roomId);
      const ignored = await ignoredBy(viewer.userId);
      const { events, receipts, end } = await newsOf(needs, { room, access, feed, at, now });
      const shown = (await visibleEvents(rooms, access, events)).filter((event) => !isIgnored(event, ignored));
      const read = receipts.filter(({ userId }) => !ignored.has(userId));
      const rendered = await renderEvents(rooms, shown, { viewer, withRoomId: true, now: clock.now() });
      return { texts: [...rendered, ...receiptTexts(read)], end };
    },
    [Symbol.dispose]: () => watched[Symbol.dispose](),
  };
}

async function readable({ rooms }: Needs, { userId }: Viewer, roomId: string): Promise<{ room: Room; access: Access }> {
  const room = await rooms.require(roomId);
  const access = await accessTo(rooms, room, userId);
  if (access.until !== Number.POSITIVE_INFINITY) throw forbidden("You are not in this room");
  return { room, access };
}

interface Stretch {
  readonly room: Room;
  readonly access: Access;
  readonly feed: Feed;
  readonly at: SyncToken;
  readonly now: SyncToken;
}

interface RoomNews {
  readonly events: readonly StoredEvent[];
  readonly receipts: readonly Receipt[];
  readonly end: SyncToken;
}

/** What happened in the room, from the feed or, for the time before it, from the database: a hundred events at once. */
async function newsOf({ rooms, receipts }: Needs, { room, access, feed, at, now }: Stretch): Promise<RoomNews> {
  const changes = feed.changesSince(at);
  if (changes) {
    const events = changes.filter(isEventChange).map(({ event }) => event);
    return { events, receipts: changes.filter(isReceiptChange).map(({ receipt }) => receipt), end: now };
  }
  const stretch = { roomNid: room.nid, from: at.position + 1, to: now.position + 1, limit: EVENTS_AT_ONCE };
  const events = await rooms.events.forwards(stretch);
  const last = events.length === EVENTS_AT_ONCE ? events.at(-1) : undefined;
  const read = await receipts.changedIn(access.userId, [room.roomId], at.position);
  return { events, receipts: read, end: last ? { ...now, position: last.position } : now };
}
