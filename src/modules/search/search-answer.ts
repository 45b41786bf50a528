import { renderEvents } from "../../engine/rooms/client-event.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import { accessTo } from "../../engine/rooms/visibility.ts";
import { Turns } from "../../engine/turns.ts";
import { contextOf, type ContextSize, type EventContext } from "./event-context.ts";
import { groupsOf } from "./groups.ts";
import type { Match } from "./matches.ts";
import type { Page } from "./page.ts";
import { formatPageToken, type GroupKey, type GroupName } from "./page-token.ts";
import { type ProfileInfo, profileInfos } from "./profile-info.ts";
import { searchedText } from "./searched-text.ts";
import { otherForms, type SearchTerm } from "./search-term.ts";
import { TEXT_LIMIT } from "./tokens.ts";

const HIGHLIGHT_LIMIT = 64;

/** What is told beside the results. */
export interface Wishes {
  /** `undefined`: no context. */
  readonly context: ContextSize | undefined;
  readonly withProfiles: boolean;
  readonly withState: boolean;
  /** Of the state, only the memberships of those who said what was found. */
  readonly lazyLoadMembers: boolean;
  readonly groupBy: readonly GroupKey[];
}

interface Told {
  readonly page: Page;
  readonly term: SearchTerm;
  readonly wishes: Wishes;
  /** The group that the page is of. */
  readonly group: GroupName | undefined;
}

interface Rendering {
  readonly rooms: Rooms;
  readonly viewer: Viewer;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Events that the viewer wants to see. */
  readonly isShown: (event: StoredEvent) => boolean;
}

/**
 * The `room_events` of an answer, as JSON text.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3search
 */
export async function searchAnswer(rendering: Rendering, { page, term, wishes, group }: Told): Promise<string> {
  const { results, count, next } = page;
  const highlights = JSON.stringify(await highlightsOf(term, results));
  const members = [
    `"count":${count}`,
    `"highlights":${highlights}`,
    `"results":[${(await resultTexts(rendering, results, wishes)).join(",")}]`,
  ];
  if (wishes.withState) members.push(`"state":{${(await stateTexts(rendering, results, wishes)).join(",")}}`);
  if (wishes.groupBy.length > 0) members.push(`"groups":${JSON.stringify(groupsOf(results, wishes.groupBy, next))}`);
  if (next) members.push(`"next_batch":"${formatPageToken({ ...next, group })}"`);
  return `{${members.join(",")}}`;
}

async function highlightsOf(term: SearchTerm, results: readonly Match[]): Promise<readonly string[]> {
  const turns = new Turns();
  const forms = new Set(term.written);
  for (const { event } of results) {
    await turns.next();
    const { pdu, stateKey } = event;
    const text = searchedText({ type: pdu.type, stateKey, content: pdu.content })?.text ?? "";
    for (const form of otherForms(term, text.slice(0, TEXT_LIMIT))) forms.add(form);
  }
  return [...forms].slice(0, HIGHLIGHT_LIMIT);
}

async function resultTexts(
  rendering: Rendering,
  results: readonly Match[],
  { context: size, withProfiles }: Wishes,
): Promise<string[]> {
  const { rooms, viewer, now } = rendering;
  const contexts = size ? await contextsOf(rendering, results, size) : [];
  const told = results.map(({ event }, index) => [event, ...eventsOf(contexts[index])]);
  // Rendered together, so that what is added to them is looked up once.
  const events = told.flat();
  const texts = await renderEvents(rooms, events, { viewer, withRoomId: true, now, decorated: true });
  const infos = size && withProfiles ? await profileInfos(rooms, told) : [];
  let at = 0;
  return results.map(({ rank }, index) => {
    const context = contexts[index];
    const [result = "{}", ...around] = texts.slice(at, (at += told[index]?.length ?? 0));
    const contextText = context ? `,"context":${textOfContext(context, around, infos[index])}` : "";
    return `{"rank":${rank},"result":${result}${contextText}}`;
  });
}

async function contextsOf(
  { rooms, viewer, isShown }: Rendering,
  results: readonly Match[],
  size: ContextSize,
): Promise<readonly (EventContext | undefined)[]> {
  const contexts: (EventContext | undefined)[] = [];
  for (const { event } of results) {
    contexts.push(await contextOf(rooms, viewer.userId, { event, size, keeps: isShown }));
  }
  return contexts;
}

const eventsOf = (context: EventContext | undefined): readonly StoredEvent[] =>
  context ? [...context.before, ...context.after] : [];

function textOfContext(context: EventContext, texts: readonly string[], info: ProfileInfo | undefined): string {
  const { before, start, end } = context;
  const profiles = info ? `,"profile_info":${JSON.stringify(info)}` : "";
  return (
    `{"start":"${start}","end":"${end}","events_before":[${texts.slice(0, before.length).join(",")}],` +
    `"events_after":[${texts.slice(before.length).join(",")}]${profiles}}`
  );
}

/** The state of every room with a result, as far as the user may see it, as members of an object. */
async function stateTexts(
  { rooms, viewer, now }: Rendering,
  results: readonly Match[],
  { lazyLoadMembers }: Wishes,
): Promise<string[]> {
  const texts: string[] = [];
  for (const [roomId, inRoom] of Map.groupBy(results, ({ event }) => event.roomId)) {
    const room = await rooms.get(roomId);
    const root = room && (await accessTo(rooms, room, viewer.userId)).stateRoot;
    if (root === undefined) continue;
    const senders = [...new Set(inRoom.map(({ event }) => event.pdu.sender))];
    const state = lazyLoadMembers
      ? [
          ...(await rooms.stateBesideMembers(root)),
          ...(await rooms.stateEvents(
            root,
            senders.map((sender) => ["m.room.member", sender]),
          )),
        ]
      : await rooms.fullState(root);
    const rendered = await renderEvents(rooms, state, { viewer, withRoomId: true, now, asState: true });
    texts.push(`${JSON.stringify(roomId)}:[${rendered.join(",")}]`);
  }
  return texts;
}
