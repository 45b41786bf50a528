import type { Change } from "../../bus/change.ts";
import { isEventChange } from "../../engine/rooms/event-change.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { accessTo, visibleEvents } from "../../engine/rooms/visibility.ts";
import type { SyncToken } from "../../engine/streams/sync-token.ts";
import { isReceiptChange, type Receipt, type Receipts } from "../receipts/index.ts";

const EVENTS_OF_A_ROOM = 100;

interface Needs {
  readonly rooms: Rooms;
  readonly receipts: Pick<Receipts, "changedIn">;
}

interface Span {
  readonly at: SyncToken;
  readonly now: SyncToken;
  /** What the feed remembers of it. */
  readonly changes: readonly Change[] | undefined;
}

/** What happened for a user. */
export interface News {
  readonly events: readonly StoredEvent[];
  readonly receipts: readonly Receipt[];
}

/**
 * What happened between two tokens, in the order of the log. What the feed does not remember is read: of each room that
 * the user is in the next hundred events at most.
 */
export async function newsSince(needs: Needs, userId: string, span: Span): Promise<News> {
  const { changes, at } = span;
  if (changes) {
    const events = changes.filter(isEventChange).map(({ event }) => event);
    return { events, receipts: changes.filter(isReceiptChange).map(({ receipt }) => receipt) };
  }
  const memberships = await needs.rooms.memberships.ofUser(userId);
  const joined = memberships.filter(({ membership }) => membership === "join").map(({ roomId }) => roomId);
  const receipts = await needs.receipts.changedIn(userId, joined, at.position);
  return { events: await readEvents(needs.rooms, userId, span), receipts };
}

async function readEvents(rooms: Rooms, userId: string, { at, now }: Span): Promise<StoredEvent[]> {
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
