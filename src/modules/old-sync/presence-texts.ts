import type { PresenceEvent } from "../presence/index.ts";

/**
 * `m.presence` events as JSON texts, in the form from before `/sync`: the content names the user.
 * @see https://spec.matrix.org/v1.4/client-server-api/#get_matrixclientv3initialsync
 */
export const presenceTexts = (events: readonly PresenceEvent[]): string[] =>
  events.map(({ content, ...event }) => JSON.stringify({ ...event, content: { user_id: event.sender, ...content } }));
