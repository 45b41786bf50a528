import type { Change } from "../../bus/change.ts";
import { type EventChange, isEventChange } from "../../engine/rooms/event-change.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { MAIN_THREAD } from "../../engine/rooms/thread.ts";
import type { RoomAddition, SectionRequest, SyncSection } from "../../engine/streams/section.ts";
import { type IgnoredBy, isIgnored } from "../account-data/index.ts";
import { isReceiptChange } from "../receipts/index.ts";
import { clearedBySpeaking } from "./counting.ts";
import type { NotificationCounts } from "./counts.ts";
import type { Place, ThreadCounts } from "./standings.ts";
import type { Tallies } from "./tallies.ts";

interface Needs {
  readonly rooms: Pick<Rooms, "get" | "memberships">;
  readonly counts: NotificationCounts;
  readonly tallies: Tallies;
  readonly ignoredBy: IgnoredBy;
}

/**
 * Unread notifications of joined rooms: told with every room that is told, and for their own sake when they change.
 * @see https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications
 */
export const notificationsSection = (needs: Needs): SyncSection => ({
  kinds: ["event", "receipt", "push_rules"],

  async rooms(request) {
    const { changes = [] } = request;
    const ignored = await needs.ignoredBy(request.userId);
    const isOfIgnored = (change: Change): boolean => isEventChange(change) && isIgnored(change.event, ignored);
    const counting = changes.filter(
      (change) => (mayCount(change, needs.tallies) && !isOfIgnored(change)) || isOwnReceipt(change, request),
    );
    const own = counting.filter((change) => isOwnMessage(change, request));
    const others = counting.filter((change) => !isOwnMessage(change, request));
    const told = new Set(others.flatMap(({ roomId }) => roomId ?? []));
    for (const roomId of await withChangedRules(needs, request)) told.add(roomId);
    for (const roomId of await spokenIn(needs, request, own)) told.add(roomId);
    return new Map([...told].map((roomId) => [roomId, {}]));
  },

  async everyRoom({ userId, unreadThreadNotifications = false }, told) {
    const rooms = await Promise.all(told.map(async (roomId) => await needs.rooms.get(roomId)));
    const counts = await needs.counts.of(
      userId,
      rooms.filter((room) => room !== undefined),
    );
    return new Map(
      [...counts].map(([roomId, { byThread }]) => [roomId, additionOf(byThread, unreadThreadNotifications)]),
    );
  },
});

/** Whether an event counts for somebody, or ends what counted. */
function mayCount(change: Change, tallies: Tallies): boolean {
  if (!isEventChange(change)) return false;
  const { event } = change;
  if (event.pdu.type === "m.room.redaction") return true;
  return tallies.peek(event.roomNid)?.mayCount(event.position) ?? true;
}

const isOwnReceipt = (change: Change, { userId }: SectionRequest): boolean =>
  isReceiptChange(change) && change.reader === userId;

const isOwnMessage = (change: Change, { userId }: SectionRequest): change is EventChange =>
  isEventChange(change) && change.event.pdu.sender === userId && change.event.pdu.type !== "m.room.redaction";

/** Rooms in which what the user said marked something as read: else it changes no count. */
async function spokenIn(needs: Needs, { userId }: SectionRequest, own: readonly EventChange[]): Promise<string[]> {
  if (own.length === 0) return [];
  const byRoom = Map.groupBy(own, ({ roomId }) => roomId);
  const places: Place[] = [...byRoom].map(([roomId, [first]]) => ({ roomId, nid: first?.event.roomNid ?? 0 }));
  const members = await needs.counts.members(userId, places);
  return members
    .filter((member) => byRoom.get(member.place.roomId)?.some(({ event }) => clearedBySpeaking(member, event.position)))
    .map(({ place }) => place.roomId);
}

/** Rooms that count by other rules than they did when the client last asked. */
async function withChangedRules(needs: Needs, { userId, since, changes }: SectionRequest): Promise<string[]> {
  const mayHaveChanged = !changes || changes.some((change) => change.kind === "push_rules" && change.userId === userId);
  if (!since || !mayHaveChanged) return [];
  const memberships = await needs.rooms.memberships.ofUser(userId);
  const places: Place[] = memberships
    .filter(({ membership }) => membership === "join")
    .map(({ roomId, roomNid }) => ({ roomId, nid: roomNid }));
  const members = await needs.counts.members(userId, places);
  return members.filter(({ standing }) => standing.changedAt > since.position).map(({ place }) => place.roomId);
}

function additionOf(byThread: ThreadCounts, apart: boolean): RoomAddition {
  if (!apart) return { members: { unread_notifications: countsText(sumOf([...byThread.values()])) } };
  const threads = [...byThread].filter(([thread, { notify }]) => thread !== MAIN_THREAD && notify > 0);
  const main = byThread.get(MAIN_THREAD);
  const members = { unread_notifications: countsText(sumOf(main ? [main] : [])) };
  if (threads.length === 0) return { members };
  const texts = threads.map(([thread, counts]) => `${JSON.stringify(thread)}:${countsText(counts)}`);
  return { members: { ...members, unread_thread_notifications: `{${texts.join(",")}}` } };
}

interface Counts {
  readonly notify: number;
  readonly highlight: number;
}

const sumOf = (counts: readonly Counts[]): Counts => ({
  notify: counts.reduce((sum, { notify }) => sum + notify, 0),
  highlight: counts.reduce((sum, { highlight }) => sum + highlight, 0),
});

const countsText = ({ notify, highlight }: Counts): string =>
  JSON.stringify({ notification_count: Math.max(0, notify), highlight_count: Math.max(0, highlight) });
