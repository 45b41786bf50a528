import { renderEvents } from "../../engine/rooms/client-event.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import { isIgnored } from "../account-data/index.ts";
import { accountDataTexts } from "./account-data-texts.ts";
import type { Needs } from "./index.ts";
import { newsSince } from "./news.ts";
import { presenceTexts } from "./presence-texts.ts";
import { receiptTexts } from "./receipt-texts.ts";
import type { Watch } from "./watch.ts";

/**
 * Follows the rooms that a user is in, or one of them, without presence. After a long time at most the first hundred events
 * of each room are told.
 */
export async function ownEvents(needs: Needs, viewer: Viewer, roomId: string | undefined): Promise<Watch> {
  const { rooms, clock, streams, presenceEvents, ignoredBy } = needs;
  const { userId } = viewer;
  const feed = await streams.feed(userId);
  const isWanted = (one: { readonly roomId: string }): boolean => roomId === undefined || one.roomId === roomId;
  return {
    feed,
    async look(at) {
      const end = streams.now;
      const changes = feed.changesSince(at);
      const ignored = await ignoredBy(userId);
      const news = await newsSince(needs, userId, { at, now: end, changes });
      const events = news.events.filter((event) => isWanted(event) && !isIgnored(event, ignored));
      const read = news.receipts.filter((receipt) => isWanted(receipt) && !ignored.has(receipt.userId));
      const present = roomId === undefined ? await presenceEvents({ userId, since: at, changes }) : [];
      const data = await accountDataTexts(needs.accountData, { userId, after: at.position, changes, roomId });
      const rendered = await renderEvents(rooms, events, { viewer, withRoomId: true, now: clock.now() });
      return { texts: [...rendered, ...receiptTexts(read), ...presenceTexts(present), ...data], end };
    },
    [Symbol.dispose]: () => undefined,
  };
}
