import { renderEvents, renderPages } from "../../engine/rooms/client-event.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import type { Membership } from "../../engine/rooms/memberships.store.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { accessTo, visibleEvents } from "../../engine/rooms/visibility.ts";
import { formatTimelineToken } from "../../engine/streams/timeline-token.ts";
import { commaSeparated } from "../../http/json-stream.ts";
import { isIgnored } from "../account-data/index.ts";

const LARGEST_LIMIT = 1_000;

interface Wanted {
  readonly room: Room;
  readonly viewer: Viewer;
  /** Those of whom the viewer wants to hear nothing. */
  readonly ignored: ReadonlySet<string>;
  /** Messages at most. */
  readonly limit: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A room's latest messages and its state, and what the viewer is to it. */
export interface RoomInfo {
  readonly membership: Membership;
  readonly hasAccess: boolean;
  /** Whether the viewer sees what happens in the room now, and not only what was. */
  readonly isFollowed: boolean;
  /** Members of the room's object, as JSON texts. */
  readonly members: readonly string[];
  /** The state where the viewer has access, as pages of JSON texts: in a large room it is very much. */
  readonly state: AsyncIterable<readonly string[]> | undefined;
}

/**
 * A room as the endpoints from before `/sync` tell it.
 * @see https://spec.matrix.org/v1.4/client-server-api/#get_matrixclientv3roomsroomidinitialsync
 */
export async function roomInfo(rooms: Rooms, { room, viewer, ignored, limit, now }: Wanted): Promise<RoomInfo> {
  const access = await accessTo(rooms, room, viewer.userId);
  const { membership, stateRoot } = access;
  const head = [`"room_id":${JSON.stringify(room.roomId)}`, `"membership":"${membership}"`];
  const options = { viewer, withRoomId: true, now };
  if (membership === "invite") {
    const invite = await rooms.read(room.roomId, (current) => current.state("m.room.member", viewer.userId));
    const texts = invite ? await renderEvents(rooms, [invite], { ...options, asState: true }) : [];
    head.push(...texts.map((text) => `"invite":${text}`));
  }
  const isFollowed = access.until === Number.POSITIVE_INFINITY;
  if (stateRoot === undefined) return { membership, isFollowed, hasAccess: false, members: head, state: undefined };
  const to = Math.min(room.lastPosition, access.until) + 1;
  const stretch = { roomNid: room.nid, from: 0, to, limit: Math.min(limit, LARGEST_LIMIT) };
  const read = (await rooms.events.backwards(stretch)).toReversed();
  const visible = (await visibleEvents(rooms, access, read)).filter((event) => !isIgnored(event, ignored));
  const chunk = await renderEvents(rooms, visible, options);
  const state = renderPages(rooms, rooms.statePages(stateRoot), { ...options, asState: true });
  const start = formatTimelineToken({ before: read[0]?.ordering ?? to });
  const end = formatTimelineToken({ before: to });
  const messages = `{"chunk":[${chunk.join(",")}],"start":"${start}","end":"${end}"}`;
  const visibility = `"visibility":"${room.isPublished ? "public" : "private"}"`;
  const members = [...head, `"messages":${messages}`, visibility];
  return { membership, isFollowed, hasAccess: true, members, state };
}

/** The room's object, piece by piece, with further members. */
export async function* roomPieces(
  { members, state }: RoomInfo,
  added: readonly string[],
): AsyncGenerator<string, void> {
  yield `{${[...members, ...added].join(",")}`;
  if (state) {
    yield ',"state":[';
    yield* commaSeparated(state);
    yield "]";
  }
  yield "}";
}
