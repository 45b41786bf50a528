import assert from "node:assert/strict";
import { at, listAt, textAt } from "../../bench/read-json.ts";
import type { Session } from "../../bench/session.ts";

/** An event as far as these tests look at it. */
export type Seen = { readonly eventId: string; readonly type: string; readonly sender: string; readonly body: unknown };

const PAGE = 100;
/** Far more than these tests write; a server that pages in circles fails instead of hanging. */
const MAX_PAGES = 500;

/** What to read of a room. */
export type Stretch = {
  /** Where to begin, reading backwards; the end of the room without. */
  readonly from?: string;
  /** Stops before this event; reads to the beginning of the room without. */
  readonly after?: string | undefined;
};

/** The events of a room in their order, by paging back with `/messages`. */
export async function readHistory(session: Session, roomId: string, { from, after }: Stretch = {}): Promise<Seen[]> {
  const backwards: Seen[] = [];
  let token = from;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await session.messages(roomId, { limit: PAGE, ...(token === undefined ? {} : { from: token }) });
    for (const event of listAt(answer, "chunk").map(seen)) {
      if (event.eventId === after) return backwards.toReversed();
      backwards.push(event);
    }
    const end = at(answer, "end");
    if (typeof end !== "string" || listAt(answer, "chunk").length === 0) {
      assert.equal(after, undefined, "an event that was there is not there any more");
      return backwards.toReversed();
    }
    token = end;
  }
  return assert.fail("paging back does not come to an end");
}

/** Takes from an event what these tests look at. */
export function seen(event: unknown): Seen {
  return {
    eventId: textAt(event, "event_id"),
    type: textAt(event, "type"),
    sender: textAt(event, "sender"),
    body: at(event, "content", "body"),
  };
}
