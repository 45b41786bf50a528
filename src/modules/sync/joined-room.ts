import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Access } from "../../engine/rooms/visibility.ts";
import type { RoomAddition } from "../../engine/streams/section.ts";
import { roomSummary } from "./room-summary.ts";
import { renderAll, type SyncContext } from "./sync-context.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

interface Wanted {
  readonly room: Room;
  readonly access: Access;
  /** Tell the room from its start: initial sync, or the user joined since. */
  readonly inFull: boolean;
}

/** What one room has to tell, before the modules add to it. */
export interface RoomPart {
  readonly timeline: Timeline;
  readonly state: readonly StoredEvent[];
}

/** Timeline and state of a room that the user is (or was) in. */
export async function roomPart(context: SyncContext, { room, access, inFull }: Wanted): Promise<RoomPart> {
  const after = inFull ? 0 : (context.since?.position ?? 0);
  const timeline = await timelineOf(context, { room, access, after });
  const before = await stateBefore(context, room, timeline, inFull);
  const state = withLater(before, timeline.hiddenState);
  const kept = state.filter((event) => context.filter.keepsState(event));
  return { timeline, state: await withLazyMembers(context, room, timeline, kept) };
}

/** The state at the start of the timeline, or what of it is new since the client saw the room. */
async function stateBefore(
  context: SyncContext,
  room: Room,
  timeline: Timeline,
  inFull: boolean,
): Promise<StoredEvent[]> {
  const { rooms, since, fullState } = context;
  if (inFull || fullState || !since) return await rooms.fullState(timeline.stateAtStart);
  if (!timeline.limited) return [];
  const seen = await rooms.stateAt(room, since.position);
  return seen === timeline.stateAtStart ? [] : await rooms.stateSince(seen, timeline.stateAtStart);
}

/** State events of which later ones take the place of earlier ones with the same type and state key. */
function withLater(state: readonly StoredEvent[], later: readonly StoredEvent[]): readonly StoredEvent[] {
  if (later.length === 0) return state;
  return [...new Map([...state, ...later].map((event) => [`${event.pdu.type}|${event.stateKey}`, event])).values()];
}

/**
 * With lazy loading, only the members are told who speak in the timeline, and those that the device does not know yet.
 * @see https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
 */
async function withLazyMembers(
  context: SyncContext,
  room: Room,
  timeline: Timeline,
  state: readonly StoredEvent[],
): Promise<readonly StoredEvent[]> {
  const { filter, viewer, sentMembers, rooms } = context;
  if (!filter.lazyLoadMembers) return state;
  const inTimeline = new Set(timeline.events.filter(isMember).map((event) => event.stateKey ?? ""));
  const senders = new Set(timeline.events.map((event) => event.pdu.sender));
  const isInitial = context.since === undefined || context.fullState;
  if (isInitial) senders.add(viewer.userId);
  const wanted = [...senders].filter((member) => {
    if (inTimeline.has(member) && !isInitial) return false;
    const wasSent = sentMembers.markSent(viewer, room.roomId, member);
    return !wasSent || filter.includeRedundantMembers || isInitial;
  });
  const others = state.filter((event) => !isMember(event));
  const members = await rooms.stateEvents(
    timeline.stateAtStart,
    wanted.map((member) => ["m.room.member", member]),
  );
  return [...others, ...members.filter((event) => filter.keepsState(event))];
}

const isMember = (event: StoredEvent): boolean => event.pdu.type === "m.room.member";

/** The room's object in `rooms.join`. */
export async function joinedRoomText(
  context: SyncContext,
  room: Room,
  part: RoomPart,
  addition: RoomAddition | undefined,
): Promise<string> {
  const [timeline, state] = await Promise.all([
    renderAll(context, part.timeline.events),
    renderAll(context, part.state),
  ]);
  const members = [
    `"timeline":${timelineText(part.timeline, timeline)}`,
    `"state":{"events":[${state.join(",")}]}`,
    `"ephemeral":{"events":[${(addition?.ephemeral ?? []).join(",")}]}`,
    `"account_data":{"events":[${(addition?.accountData ?? []).join(",")}]}`,
  ];
  const summary = await roomSummary(context, room, part);
  if (summary) members.push(`"summary":${summary}`);
  for (const [name, text] of Object.entries(addition?.members ?? {})) members.push(`"${name}":${text}`);
  return `{${members.join(",")}}`;
}

/** The room's object in `rooms.leave`. */
export async function leftRoomText(context: SyncContext, part: RoomPart): Promise<string> {
  const [timeline, state] = await Promise.all([
    renderAll(context, part.timeline.events),
    renderAll(context, part.state),
  ]);
  return `{"timeline":${timelineText(part.timeline, timeline)},"state":{"events":[${state.join(",")}]}}`;
}

function timelineText({ limited, prevBatch }: Timeline, events: readonly string[]): string {
  return `{"events":[${events.join(",")}],"limited":${limited},"prev_batch":${JSON.stringify(prevBatch)}}`;
}
