/*
 * How a mark comes in. Everything is looked at first: the user is in the room and may see the events, which are of the
 * thread. Then the receipts are written in the room's partition, and the fully-read marker in that of the user. A failure
 * may leave one of them moved. That is no half-written state: each says by itself how far the user has read, neither is
 * derived from the other, and who is told of the failure and asks again finds moved what was moved and moves the rest.
 */
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { touchesThread } from "../../engine/rooms/thread.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { forbidden, invalidParam, notFound } from "../../http/errors.ts";
import { InTurn } from "../../in-turn.ts";
import { parseJsonObject } from "../../protocol/json/json.ts";
import type { AccountData } from "../account-data/index.ts";
import { requireVisibleEvent } from "../getting-events/index.ts";
import type { NewReceipt, ReceiptBook } from "./receipts.ts";
import type { ReceiptType } from "./receipts.store.ts";

/** A receipt, or the marker up to which all is read. */
export type MarkType = ReceiptType | "m.fully_read";

interface Needs {
  readonly rooms: Rooms;
  readonly receipts: Pick<ReceiptBook, "move">;
  readonly accountData: Pick<AccountData, "get" | "set">;
}

/** What a user says to have read. */
export interface Asked {
  readonly userId: string;
  readonly roomId: string;
  readonly marks: readonly Mark[];
  /** Given: the receipts are of this thread (`main` or the event ID of its root) alone. */
  readonly threadId?: string;
  /** Whether the fully-read marker may go back. */
  readonly mayGoBack?: boolean;
}

interface Mark {
  readonly type: MarkType;
  readonly eventId: string;
}

/** A mark whose event was found. */
interface FoundMark extends Mark {
  readonly ordering: number;
}

/**
 * Moves receipts and the fully-read marker; those that stand there or further on already stay.
 * @throws MatrixError `M_FORBIDDEN` when the user is not in the room, `M_NOT_FOUND` when the event is not or the user may
 * not see it, and `M_INVALID_PARAM` when it is not in the thread.
 */
export const marking = (needs: Needs) => {
  const { rooms, receipts } = needs;
  // Whether a marker goes forward is found out before it is written.
  const inTurn = new InTurn();
  return async ({ userId, roomId, marks, threadId, mayGoBack = false }: Asked): Promise<void> => {
    const room = await rooms.require(roomId);
    const member = await rooms.read(roomId, (current) => current.state("m.room.member", userId));
    if (membershipOf(member) !== "join") throw forbidden("You are not in this room");
    const found = await Promise.all(
      marks.map(async (mark) => await findMark(rooms, { userId, roomId, threadId }, mark)),
    );
    const moved: NewReceipt[] = [];
    for (const { type, eventId, ordering } of found)
      if (type !== "m.fully_read") moved.push({ userId, type, threadId: threadId ?? "", eventId, ordering });
    const fullyRead = found.find(({ type }) => type === "m.fully_read");
    await Promise.all([
      moved.length > 0 && receipts.move(room, moved),
      fullyRead &&
        inTurn.run(`${userId}|${roomId}`, async () => {
          await moveFullyRead(needs, { userId, roomId, mayGoBack }, fullyRead);
        }),
    ]);
  };
};

/**
 * A receipt must not tell whether there is an event that its sender may not see.
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
 */
async function findMark(
  rooms: Rooms,
  {
    userId,
    roomId,
    threadId,
  }: { readonly userId: string; readonly roomId: string; readonly threadId: string | undefined },
  { type, eventId }: Mark,
): Promise<FoundMark> {
  const { event } = await requireVisibleEvent(rooms, { roomId, eventId, userId });
  const ordering = placeIn(event, roomId);
  if (ordering === undefined) throw notFound("The event has no place in the timeline of this room");
  const lookUp = async (id: string): Promise<StoredEvent | undefined> => await rooms.events.byId(id);
  if (threadId !== undefined && !(await touchesThread(event, threadId, lookUp)))
    throw invalidParam("The event is not in this thread");
  return { type, eventId, ordering };
}

/** Where the event stands in the timeline of the room, if it does. */
const placeIn = (event: StoredEvent, roomId: string): number | undefined =>
  event.roomId === roomId && event.verdict === "accepted" ? event.ordering : undefined;

/** @see https://spec.matrix.org/v1.19/client-server-api/#fully-read-markers */
async function moveFullyRead(
  { rooms, accountData }: Needs,
  { userId, roomId, mayGoBack }: { readonly userId: string; readonly roomId: string; readonly mayGoBack: boolean },
  { eventId, ordering }: FoundMark,
): Promise<void> {
  const text = await accountData.get(userId, roomId, "m.fully_read");
  const standsAt = text === undefined ? undefined : parseJsonObject(text)["event_id"];
  if (standsAt === eventId) return;
  if (typeof standsAt === "string" && !mayGoBack) {
    const event = await rooms.events.byId(standsAt);
    if (event && (placeIn(event, roomId) ?? 0) > ordering) return;
  }
  await accountData.set({ userId, roomId, type: "m.fully_read", content: { event_id: eventId } });
}
