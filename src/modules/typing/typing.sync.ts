import type { SyncSection } from "../../engine/streams/section.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import type { TypingUsers } from "./typing-users.ts";

interface Needs {
  readonly typing: TypingUsers;
  /** Who is told to nobody who ignores them: https://spec.matrix.org/v1.19/client-server-api/#ignoring-users */
  readonly ignoredBy: IgnoredBy;
}

/**
 * `m.typing` in the rooms where it changed who types.
 * @see https://spec.matrix.org/v1.19/client-server-api/#typing-notifications
 */
export const typingSection = ({ typing, ignoredBy }: Needs): SyncSection => ({
  kinds: ["typing"],

  async rooms({ userId, changes, keeps }, inFull) {
    const changed = (changes ?? []).filter(({ kind }) => kind === "typing").map(({ roomId }) => roomId ?? "");
    const told = new Set([...changed, ...inFull.filter((roomId) => typing.in(roomId).length > 0)]);
    const kept = [...told].filter((roomId) => keeps("room.ephemeral", "m.typing", undefined, roomId));
    if (kept.length === 0) return new Map();
    const ignored = await ignoredBy(userId);
    const usersIn = (roomId: string): string[] => typing.in(roomId).filter((user) => !ignored.has(user));
    return new Map(kept.map((roomId) => [roomId, { ephemeral: [eventText(usersIn(roomId))] }]));
  },
});

const eventText = (userIds: readonly string[]): string =>
  JSON.stringify({ type: "m.typing", content: { user_ids: userIds } });
