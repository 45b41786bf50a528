import type { SyncJson } from "../../../test/support/client.ts";
import type { Database } from "../../store/sql.ts";

interface Counts {
  readonly notification_count: number;
  readonly highlight_count: number;
}

/**
 * `notifications/highlights` of a room in an answer, then those of its threads after spaces; `undefined` when the room
 * does not stand in the answer.
 */
export function countsIn(answer: SyncJson, roomId: string): string | undefined {
  const room: Readonly<Record<string, unknown>> | undefined = answer.rooms?.join?.[roomId];
  if (!room) return undefined;
  const threads = Object.values(room["unread_thread_notifications"] ?? {});
  return [room["unread_notifications"], ...threads].map(textOf).join(" ");
}

const textOf = (counts: unknown): string =>
  isCounts(counts) ? `${counts.notification_count}/${counts.highlight_count}` : "none";

const isCounts = (value: unknown): value is Counts =>
  typeof value === "object" && value !== null && "notification_count" in value && "highlight_count" in value;

/** A database that shows the statements that are read or written through it. */
export function watched(database: Database, seen: string[]): Database {
  return {
    dialect: database.dialect,
    all: async (text, params) => {
      seen.push(text);
      return await database.all(text, params);
    },
    get: async (text, params) => {
      seen.push(text);
      return await database.get(text, params);
    },
    async commit(transactions) {
      seen.push(...transactions.flat().map(({ text }) => text));
      return await database.commit(transactions);
    },
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
}
