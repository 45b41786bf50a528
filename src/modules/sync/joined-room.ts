import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { RoomAddition } from "../../engine/streams/section.ts";
import { commaSeparated } from "../../http/json-stream.ts";
import { type RoomSummary, roomSummary } from "./room-summary.ts";
import { renderAll, type SyncContext } from "./sync-context.ts";
import { withLazyMembers } from "./lazy-members.ts";
import { roomState, type StatePages, type Wanted } from "./room-state.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

/** State events; some milliseconds. */
const RENDERED_AT_ONCE = 500;

/** What one room has to tell, before the modules add to it. */
export interface RoomPart {
  readonly timeline: Timeline;
  readonly state: readonly StoredEvent[];
  /** State that comes in pages, when all of it is told with all members; `state` is empty then. */
  readonly whole?: StatePages;
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
  const { root, state, whole } = await roomState(context, wanted, timeline);
  const summary =
    access.membership === "join" ? await roomSummary(context, room, { timeline, state, inFull }) : undefined;
  const heroes = summary?.["m.heroes"] ?? [];
  const needed = await withLazyMembers(context, { room, inFull, timeline, root, state, heroes });
  return {
    timeline: withGap(context, wanted, timeline),
    state: keptState(context, needed),
    ...(whole && { whole: keptPages(context, whole) }),
    summary,
  };
}

function keptState({ filter }: SyncContext, state: readonly StoredEvent[]): readonly StoredEvent[] {
  return state.filter((event) => filter.keepsState(event));
}

async function* keptPages(context: SyncContext, pages: StatePages): AsyncGenerator<readonly StoredEvent[]> {
  for await (const page of pages) yield keptState(context, page);
}

/**
 * A room that the user joined since is told as one with a gap, be the timeline whole or not: other servers have it so, and
 * clients then begin its timeline anew. The text has no more than that a timeline is limited when it was cut.
 */
function withGap({ since }: SyncContext, { access, inFull }: Wanted, timeline: Timeline): Timeline {
  const isJoinedSince = since !== undefined && inFull && access.membership === "join";
  return isJoinedSince ? { ...timeline, limited: true } : timeline;
}

/** The room's object in `rooms.join`, piece by piece. */
export async function* joinedRoomPieces(
  context: SyncContext,
  part: RoomPart,
  addition: RoomAddition | undefined,
): AsyncGenerator<string, void> {
  const timeline = part.timelineText ?? (await renderTimeline(context, part));
  const members = [
    `"ephemeral":{"events":[${(addition?.ephemeral ?? []).join(",")}]}`,
    `"account_data":{"events":[${(addition?.accountData ?? []).join(",")}]}`,
  ];
  if (part.summary) members.push(`"summary":${JSON.stringify(part.summary)}`);
  for (const [name, text] of Object.entries(addition?.members ?? {})) members.push(`"${name}":${text}`);
  const [begin, end] = [`{"timeline":${timeline},"${context.stateName}":{"events":[`, `]},${members.join(",")}}`];
  // Nearly all answers are of this sort: new messages, and no state.
  if (part.state.length === 0 && !part.whole) {
    yield begin + end;
    return;
  }
  yield begin;
  yield* commaSeparated(statePages(context, part));
  yield end;
}

/** The room's object in `rooms.leave`, piece by piece. */
export async function* leftRoomPieces(context: SyncContext, part: RoomPart): AsyncGenerator<string, void> {
  yield `{"timeline":${await renderTimeline(context, part)},"${context.stateName}":{"events":[`;
  yield* commaSeparated(statePages(context, part));
  yield "]}}";
}

/** The state as JSON texts. */
async function* statePages(context: SyncContext, { state, whole }: RoomPart): AsyncGenerator<readonly string[]> {
  for (let start = 0; start < state.length; start += RENDERED_AT_ONCE) {
    yield await renderAll(context, state.slice(start, start + RENDERED_AT_ONCE), { asState: true });
  }
  if (whole) for await (const page of whole) yield await renderAll(context, page, { asState: true });
}

async function renderTimeline(context: SyncContext, { timeline }: RoomPart): Promise<string> {
  const { events, held } = timeline;
  return timelineText(timeline, await renderAll(context, events, { decorated: true, asState: held }));
}

/** The room's member `timeline`, of events that are JSON texts. */
export function timelineText({ limited, prevBatch }: Timeline, events: readonly string[]): string {
  return `{"events":[${events.join(",")}],"limited":${limited},"prev_batch":${JSON.stringify(prevBatch)}}`;
}
