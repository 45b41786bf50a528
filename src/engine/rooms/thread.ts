import type { RoomEvent } from "../../protocol/events/pdu.ts";
import { type Relation, relationIn } from "./relation.ts";

/** The thread of every event that is in no other. */
export const MAIN_THREAD = "main";

/** How many related events are looked up: enough for a reaction to an edit, and it ends where relations go in a circle. */
const LOOK_UPS = 3;

/** Finds an event, if this server has it: `rooms.events.byId`. */
export type EventLookUp = (eventId: string) => Promise<RoomEvent | undefined>;

/**
 * The thread that an event belongs to: the ID of its root, or `main`. An event is in a thread when it says so, or when
 * what it relates to is, and so on for a few steps. Roots, and what relates to them otherwise, are in `main`. An event
 * that was redacted says nothing any more, and is in `main`.
 * @see https://spec.matrix.org/v1.19/client-server-api/#threaded-read-receipts
 */
export async function threadOf(event: RoomEvent, lookUp: EventLookUp): Promise<string> {
  for await (const relation of relationsUpwards(event, lookUp)) {
    if (relation.type === "m.thread") return relation.eventId;
  }
  return MAIN_THREAD;
}

/**
 * Whether an event may be meant when somebody speaks of a thread: it is in it, or is its root, or relates to the root.
 * Those last are in `main`; up to v1.4 the text had them in the thread too, and clients of that time go by it.
 * @see https://spec.matrix.org/v1.4/client-server-api/#threaded-read-receipts
 */
export async function touchesThread(event: RoomEvent, threadId: string, lookUp: EventLookUp): Promise<boolean> {
  if (threadId === MAIN_THREAD) return (await threadOf(event, lookUp)) === MAIN_THREAD;
  if (event.eventId === threadId) return (await threadOf(event, lookUp)) === MAIN_THREAD;
  for await (const relation of relationsUpwards(event, lookUp)) {
    if (relation.eventId === threadId) return true;
    if (relation.type === "m.thread") return false;
  }
  return false;
}

/** The relation of an event, that of the event it relates to, and so on within the room. */
async function* relationsUpwards(event: RoomEvent, lookUp: EventLookUp): AsyncGenerator<Relation> {
  let current: RoomEvent | undefined = event;
  for (let lookUps = 0; current?.roomId === event.roomId; lookUps++) {
    const relation = relationIn(current.pdu.content);
    if (!relation) return;
    yield relation;
    if (lookUps === LOOK_UPS) return;
    current = await lookUp(relation.eventId);
  }
}
