import { isEventChange } from "../../engine/rooms/event-change.ts";
import type { SyncSection } from "../../engine/streams/section.ts";
import { type DeviceLists, mayMove } from "./device-lists.ts";

/**
 * `device_lists`, to clients that were told before; with all state wanted again (`full_state`), it is still what changed.
 * @see https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync
 */
export const deviceListsSection = (lists: DeviceLists): SyncSection => ({
  kinds: ["device_lists", "event"],

  isAbout: (change) => !isEventChange(change) || mayMove(change),

  isDue: ({ userId }, since) => lists.isDue(userId, since.position),

  async top({ userId, acknowledged, now, changes }) {
    if (!acknowledged) return {};
    const span = { from: acknowledged.position, until: now.position };
    const news = await lists.between(userId, span, { isInFeed: changes !== undefined });
    if (news.changed.length === 0 && news.left.length === 0) return {};
    return { members: { device_lists: JSON.stringify(news) } };
  },
});
