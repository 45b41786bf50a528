import type { SyncSection } from "../../engine/streams/section.ts";
import type { TypingUsers } from "./typing-users.ts";

/**
 * `m.typing` in the rooms where it changed who types.
 * @see https://spec.matrix.org/v1.19/client-server-api/#typing-notifications
 */
export const typingSection = (typing: TypingUsers): SyncSection => ({
  kinds: ["typing"],

  async rooms({ changes, keeps }, inFull) {
    const changed = (changes ?? []).filter(({ kind }) => kind === "typing").map(({ roomId }) => roomId ?? "");
    const told = new Set([...changed, ...inFull.filter((roomId) => typing.in(roomId).length > 0)]);
    const kept = [...told].filter((roomId) => keeps("room.ephemeral", "m.typing", undefined, roomId));
    return new Map(kept.map((roomId) => [roomId, { ephemeral: [eventText(typing.in(roomId))] }]));
  },
});

const eventText = (userIds: readonly string[]): string =>
  JSON.stringify({ type: "m.typing", content: { user_ids: userIds } });
