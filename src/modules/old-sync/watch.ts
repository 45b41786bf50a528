import type { Feed } from "../../engine/streams/feed.ts";
import type { SyncToken } from "../../engine/streams/sync-token.ts";

/** What one request of `/events` follows. */
export interface Watch extends Disposable {
  /** What wakes it. */
  readonly feed: Feed;
  /** What happened after a token, as events in JSON text, and the token from which to look further. */
  look(at: SyncToken): Promise<{ readonly texts: readonly string[]; readonly end: SyncToken }>;
}
