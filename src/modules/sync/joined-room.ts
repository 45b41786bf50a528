import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Access } from "../../engine/rooms/visibility.ts";
import type { RoomAddition } from "../../engine/streams/section.ts";
import { type RoomSummary, roomSummary } from "./room-summary.ts";
import { renderAll, type SyncContext } from "./sync-context.ts";
import { withLazyMembers } from "./lazy-members.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

interface Wanted {
  readonly room: Room;
  readonly access: Access;
  /** Tell the room from its start: initial sync, or the user joined since. */
  readonly inFull: boolean;
  /** The timeline goes up to this position: that of the departure, or `Infinity`. */
  readonly until: number;
}

/** What one room has to tell, before the modules add to it. */
export interface RoomPart {
  readonly timeline: Timeline;
  readonly state: readonly StoredEvent[];
  /** What the room is called by, when that may have changed. */
  readonly summary: RoomSummary | undefined;
}

/** Timeline and state of a room that the user is (or was) in. */
export async function roomPart(context: SyncContext, wanted: Wanted): Promise<RoomPart> {
  const { room, access, inFull, until } = wanted;
  const after = inFull ? 0 : (context.since?.position ?? 0);
  const timeline = await timelineOf(context, { room, access, after, until });
  const before = await stateBefore(context, wanted, timeline);
  const state = withLater(before, timeline.hiddenState);
  const summary =
    access.membership === "join" ? await roomSummary(context, room, { timeline, state, inFull }) : undefined;
  const heroes = summary?.["m.heroes"] ?? [];
  const needed = await withLazyMembers(context, { room, inFull, timeline, state, heroes });
  return { timeline, state: needed.filter((event) => context.filter.keepsState(event)), summary };
}

/** The state at the start of the timeline, or what of it is new since the client saw the room. */
async function stateBefore(
  context: SyncContext,
  { room, access, inFull }: Wanted,
  timeline: Timeline,
): Promise<StoredEvent[]> {
  const { rooms, since, fullState, filter } = context;
  // Never in the room: the refused invite or knock is told, and nothing of the room.
  if (access.stateRoot === undefined) return [];
  if (inFull || fullState || !since) {
    const root = timeline.stateAtStart;
    // The members that are needed then come by themselves, see `withLazyMembers`.
    return filter.lazyLoadMembers ? await rooms.stateBesideMembers(root) : await rooms.fullState(root);
  }
  if (!timeline.limited) return [];
  const seen = await rooms.stateAt(room, since.position);
  return seen === timeline.stateAtStart ? [] : await rooms.stateSince(seen, timeline.stateAtStart);
}

/** State events of which later ones take the place of earlier ones with the same type and state key. */
function withLater(state: readonly StoredEvent[], later: readonly StoredEvent[]): readonly StoredEvent[] {
  if (later.length === 0) return state;
  return [...new Map([...state, ...later].map((event) => [`${event.pdu.type}|${event.stateKey}`, event])).values()];
}

/** The room's object in `rooms.join`. */
export async function joinedRoomText(
  context: SyncContext,
  part: RoomPart,
  addition: RoomAddition | undefined,
): Promise<string> {
  const [timeline, state] = await Promise.all([
    renderAll(context, part.timeline.events, { decorated: true }),
    renderAll(context, part.state, { decorated: false }),
  ]);
  const members = [
    `"timeline":${timelineText(part.timeline, timeline)}`,
    `"state":{"events":[${state.join(",")}]}`,
    `"ephemeral":{"events":[${(addition?.ephemeral ?? []).join(",")}]}`,
    `"account_data":{"events":[${(addition?.accountData ?? []).join(",")}]}`,
  ];
  if (part.summary) members.push(`"summary":${JSON.stringify(part.summary)}`);
  for (const [name, text] of Object.entries(addition?.members ?? {})) members.push(`"${name}":${text}`);
  return `{${members.join(",")}}`;
}

/** The room's object in `rooms.leave`. */
export async function leftRoomText(context: SyncContext, part: RoomPart): Promise<string> {
  const [timeline, state] = await Promise.all([
    renderAll(context, part.timeline.events, { decorated: true }),
    renderAll(context, part.state, { decorated: false }),
  ]);
  return `{"timeline":${timelineText(part.timeline, timeline)},"state":{"events":[${state.join(",")}]}}`;
}

function timelineText({ limited, prevBatch }: Timeline, events: readonly string[]): string {
  return `{"events":[${events.join(",")}],"limited":${limited},"prev_batch":${JSON.stringify(prevBatch)}}`;
}
