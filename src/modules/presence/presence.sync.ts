import { isEventChange } from "../../engine/rooms/event-change.ts";
import { isMembership } from "../../engine/rooms/room.ts";
import type { SyncSection } from "../../engine/streams/section.ts";
import { type NewsNeeds, presenceNews } from "./news.ts";

/**
 * `presence` of those who share a room with the user. Who joins is told of with the join: nobody is woken for it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#presence
 */
export const presenceSection = (needs: NewsNeeds): SyncSection => ({
  kinds: ["presence", "event"],

  isAbout: (change) => !isEventChange(change) || isMembership(change.event),

  async top({ keeps, limitOf, ...request }) {
    const events = await presenceNews(needs, {
      ...request,
      keeps: (userId) => keeps("presence", "m.presence", userId),
      limit: limitOf?.("presence"),
    });
    return events.length === 0 ? {} : { members: { presence: JSON.stringify({ events }) } };
  },
});
