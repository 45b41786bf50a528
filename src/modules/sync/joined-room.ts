import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { RoomAddition } from "../../engine/streams/section.ts";
import { type RoomSummary, roomSummary } from "./room-summary.ts";
import { renderAll, type SyncContext } from "./sync-context.ts";
import { withLazyMembers } from "./lazy-members.ts";
import { roomState, type Wanted } from "./room-state.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

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
  const { root, state } = await roomState(context, wanted, timeline);
  const summary =
    access.membership === "join" ? await roomSummary(context, room, { timeline, state, inFull }) : undefined;
  const heroes = summary?.["m.heroes"] ?? [];
  const needed = await withLazyMembers(context, { room, inFull, timeline, root, state, heroes });
  return {
    timeline: withGap(context, wanted, timeline),
    state: needed.filter((event) => context.filter.keepsState(event)),
    summary,
  };
}

/**
 * A room that the user joined since is told as one with a gap, be the timeline whole or not: other servers have it so, and
 * clients then begin its timeline anew. The text has no more than that a timeline is limited when it was cut.
 */
function withGap({ since }: SyncContext, { access, inFull }: Wanted, timeline: Timeline): Timeline {
  const isJoinedSince = since !== undefined && inFull && access.membership === "join";
  return isJoinedSince ? { ...timeline, limited: true } : timeline;
}

/** The room's object in `rooms.join`. */
export async function joinedRoomText(
  context: SyncContext,
  part: RoomPart,
  addition: RoomAddition | undefined,
): Promise<string> {
  const [timeline, state] = await Promise.all([
    renderAll(context, part.timeline.events, { decorated: true, asState: part.timeline.held }),
    renderAll(context, part.state, { asState: true }),
  ]);
  const members = [
    `"timeline":${timelineText(part.timeline, timeline)}`,
    `"${context.stateName}":{"events":[${state.join(",")}]}`,
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
    renderAll(context, part.timeline.events, { decorated: true, asState: part.timeline.held }),
    renderAll(context, part.state, { asState: true }),
  ]);
  const stateText = `"${context.stateName}":{"events":[${state.join(",")}]}`;
  return `{"timeline":${timelineText(part.timeline, timeline)},${stateText}}`;
}

function timelineText({ limited, prevBatch }: Timeline, events: readonly string[]): string {
  return `{"events":[${events.join(",")}],"limited":${limited},"prev_batch":${JSON.stringify(prevBatch)}}`;
}
