import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { JsonValue } from "../../protocol/json/json.ts";
import { type CompiledPushRules, compilePushRules } from "../../protocol/push/evaluate.ts";
import type { Sql } from "../../store/sql.ts";
import { floorOf, threadFloor } from "./counting.ts";
import type { Member, NotificationCounts } from "./counts.ts";
import { memberIn, type Weighing } from "./event-weights.ts";
import type { PushRules } from "../push-rules/index.ts";
import { type Notice, noticesIn, spokenIn } from "./notifying.store.ts";

/** So many positions are looked through at first; when they do not suffice, so many times more. */
const FIRST_STRETCH = 20_000;
const GROWTH = 8;

interface Needs {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly counts: NotificationCounts;
  readonly pushRules: Pick<PushRules, "rulesetOf">;
  readonly weighing: Weighing;
}

/** An event that notified a user. */
export interface NotifiedOf {
  readonly event: StoredEvent;
  readonly actions: readonly JsonValue[];
  readonly isRead: boolean;
}

export interface NoticesPage {
  readonly notices: readonly NotifiedOf[];
  /** Where the next page begins; `undefined` when there is none. */
  readonly next: number | undefined;
}

interface Wanted {
  /** The latest first, from before this position. */
  readonly before: number;
  readonly limit: number;
  readonly onlyHighlights: boolean;
}

/** A page of the events that notified a user, in the rooms that the user is in. */
export async function noticesPage(needs: Needs, userId: string, wanted: Wanted): Promise<NoticesPage> {
  const memberships = await needs.rooms.memberships.ofUser(userId);
  const places = memberships
    .filter(({ membership }) => membership === "join")
    .map(({ roomId, roomNid }) => ({ roomId, nid: roomNid }));
  const members = new Map((await needs.counts.members(userId, places)).map((member) => [member.place.nid, member]));
  const found = await latestNotices(needs.sql, userId, [...members.values()], wanted);
  const page = found.slice(0, wanted.limit);
  const events = await needs.rooms.events.byPositions(page.map(({ position }) => position));
  const byPosition = new Map(events.map((event) => [event.position, event]));
  const isRead = await readBy(needs.sql, userId, { page, members });
  const rules = compilePushRules(await needs.pushRules.rulesetOf(userId));
  const notices: NotifiedOf[] = [];
  for (const notice of page) {
    const event = byPosition.get(notice.position);
    if (!event) continue;
    notices.push({ event, actions: await actionsOf(needs, { event, userId, rules }), isRead: isRead(notice) });
  }
  return { notices, next: found.length > wanted.limit ? page.at(-1)?.position : undefined };
}

/** One more than are wanted, if there are. The cost is what lies in the rooms between the first and the last of them. */
async function latestNotices(
  sql: Sql,
  userId: string,
  members: readonly Member[],
  { before, limit, onlyHighlights }: Wanted,
): Promise<Notice[]> {
  const rooms = members.map(({ place, standing }) => ({
    roomNid: place.nid,
    // There are no rows by the user's rules for what came before.
    floor: Math.max(standing.joinedAt, standing.coveredFrom),
    ruleSet: standing.ruleSet,
  }));
  const ignored = members[0]?.ignored ?? new Set();
  const lowest = rooms.reduce((least, { floor }) => Math.min(least, floor), Number.POSITIVE_INFINITY);
  const found: Notice[] = [];
  let to = before;
  for (let stretch = FIRST_STRETCH; to > lowest && found.length <= limit; stretch *= GROWTH) {
    const from = Math.max(0, to - stretch);
    const missing = limit + 1 - found.length;
    const asked = { rooms, from, before: to, onlyHighlights, limit: missing, ignored };
    found.push(...(await noticesIn(sql, userId, asked)));
    to = from;
  }
  return found;
}

interface Page {
  readonly page: readonly Notice[];
  readonly members: ReadonlyMap<number, Member>;
}

/** Tells what is read: by receipts, and by what the user said later in the thread. */
async function readBy(sql: Sql, userId: string, { page, members }: Page): Promise<(notice: Notice) => boolean> {
  const rooms = [...new Set(page.map(({ roomNid }) => roomNid))].map((roomNid) => ({ roomNid, floor: 0, ruleSet: "" }));
  const spoken = await spokenIn(sql, userId, rooms);
  const spokenAt = new Map(spoken.map(({ roomNid, thread, floor }) => [`${roomNid} ${thread}`, floor]));
  return ({ roomNid, thread, position }) => {
    const member = members.get(roomNid);
    const floor = member
      ? Math.max(floorOf(member.standing, member.readUpTo), threadFloor(member.readUpTo, thread))
      : 0;
    return position <= Math.max(floor, spokenAt.get(`${roomNid} ${thread}`) ?? 0);
  };
}

interface Judged {
  readonly event: StoredEvent;
  readonly userId: string;
  readonly rules: CompiledPushRules;
}

/** What the user's rules want for the event, as they are now. */
async function actionsOf({ rooms, weighing }: Needs, { event, userId, rules }: Judged): Promise<readonly JsonValue[]> {
  const outcome = await rooms.read(event.roomId, (room) => {
    const member = memberIn(room, userId);
    const { json, context } = weighing.ask(event, room);
    return member && rules.evaluate(json, { ...context, ...member });
  });
  return outcome?.notify ? outcome.actions : ["notify"];
}
