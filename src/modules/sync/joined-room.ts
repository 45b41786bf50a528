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
  /** The timeline as it is told, when that is known already. */
  readonly timelineText?: string;
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
  const state = await stateTexts(context, part);
  const members = [
    `"timeline":${part.timelineText ?? (await renderTimeline(context, part))}`,
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
  const state = await stateTexts(context, part);
  const stateText = `"${context.stateName}":{"events":[${state.join(",")}]}`;
  return `{"timeline":${await renderTimeline(context, part)},${stateText}}`;
}

const stateTexts = async (context: SyncContext, { state }: RoomPart): Promise<readonly string[]> =>
  state.length === 0 ? [] : await renderAll(context, state, { asState: true });

async function renderTimeline(context: SyncContext, { timeline }: RoomPart): Promise<string> {
  const { events, held } = timeline;
  return timelineText(timeline, await renderAll(context, events, { decorated: true, asState: held }));
}

/** The room's member `timeline`, of events that are JSON texts. */
export function timelineText({ limited, prevBatch }: Timeline, events: readonly string[]): string {
  return `{"events":[${events.join(",")}],"limited":${limited},"prev_batch":${JSON.stringify(prevBatch)}}`;
}
