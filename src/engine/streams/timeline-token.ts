import { parseSyncToken } from "./sync-token.ts";

/** A point in a room's timeline, between the events with a smaller ordering and the others. Opaque to clients. */
export interface TimelineToken {
  readonly before: number;
}

export const formatTimelineToken = ({ before }: TimelineToken): string => `t${before}`;

/** Reads a timeline token, or a sync token as the point after all that it has seen. `undefined` when it is neither. */
export function parseTimelineToken(text: string): TimelineToken | undefined {
  const match = /^t(\d{1,16})$/.exec(text);
  if (match) return { before: Number(match[1]) };
  const sync = parseSyncToken(text);
  return sync && { before: sync.position + 1 };
}
