import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import type { Streams } from "../../engine/streams/streams.ts";
import { parseSyncToken, type SyncToken } from "../../engine/streams/sync-token.ts";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import { jsonStream } from "../../http/json-stream.ts";
import type { StateName, SyncContext } from "./sync-context.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import { SentMembers } from "./sent-members.ts";
import { SharedParts } from "./shared-parts.ts";
import { isAnyDue, type Sections } from "./sections.ts";
import { type SyncAnswer, syncAnswer } from "./sync-answer.ts";
import type { SyncFilter } from "./sync-filter.ts";

/** A client that asks for more waits this long. */
const LONGEST_WAIT_MS = 120_000;

export interface Needs {
  readonly rooms: Rooms;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly sections: Sections;
  readonly ignoredBy: IgnoredBy;
  /** The filter that a request names: an ID, JSON text, or none. */
  readonly filterFor: (userId: string, filter: string | undefined) => Promise<SyncFilter>;
  /** Called when a sync begins; what it gives back is disposed of at its end. */
  readonly onSync?: OnSync | undefined;
}

/** Follows who syncs. `setPresence` is what the client says of presence; `undefined`: nothing. */
export type OnSync = (
  device: Viewer,
  setPresence: "online" | "unavailable" | "offline" | undefined,
) => Promise<Disposable>;

interface Asked {
  readonly viewer: Viewer;
  readonly since: SyncToken | undefined;
  readonly fullState: boolean;
  readonly filter: SyncFilter;
  readonly stateName: StateName;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What answers leave for those after them. */
type Memory = Pick<SyncContext, "sentMembers" | "sharedParts">;

/**
 * Tells a client what happened since it last asked, and waits for news if there is none.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync
 */
export const getSync = (needs: Needs) => {
  const memory: Memory = { sentMembers: new SentMembers(), sharedParts: new SharedParts() };
  return endpoint({
    method: "GET",
    path: "/_matrix/client/v3/sync",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({}),
    query: Type.Object({
      filter: Type.Optional(Type.String()),
      since: Type.Optional(Type.String()),
      full_state: Type.Optional(Type.Boolean()),
      set_presence: Type.Optional(Type.Enum(["online", "unavailable", "offline"])),
      timeout: Type.Optional(Type.Integer({ minimum: 0 })),
      use_state_after: Type.Optional(Type.Boolean()),
      "org.matrix.msc4222.use_state_after": Type.Optional(Type.Boolean()),
    }),

    async handle({ query, requester, signal }) {
      const asked: Asked = {
        viewer: { userId: requester.userId, deviceId: requester.deviceId },
        since: query.since === undefined ? undefined : requireToken(query.since),
        fullState: query.full_state ?? false,
        filter: await needs.filterFor(requester.userId, query.filter),
        stateName: stateNameFor(query),
        timeoutMs: Math.min(query.timeout ?? 0, LONGEST_WAIT_MS),
        signal,
      };
      // Before the answer's end is taken, so that it has the user's own presence.
      using _ = await needs.onSync?.(asked.viewer, query.set_presence);
      return await jsonStream((await answerOrWait(needs, memory, asked)).pieces);
    },
  });
};

interface StateQuery {
  readonly use_state_after?: boolean;
  readonly "org.matrix.msc4222.use_state_after"?: boolean;
}

function stateNameFor(query: StateQuery): StateName {
  if (query.use_state_after) return "state_after";
  return query["org.matrix.msc4222.use_state_after"] ? "org.matrix.msc4222.state_after" : "state";
}

function requireToken(text: string): SyncToken {
  const token = parseSyncToken(text);
  if (!token) throw invalidParam("`since` is no token of this server");
  return token;
}

/** Answers at once if there is anything to tell or the client does not wait; else at the first news, or at the time-out. */
async function answerOrWait(needs: Needs, memory: Memory, asked: Asked): Promise<SyncAnswer> {
  const { rooms, streams, clock } = needs;
  const { viewer, fullState, filter, stateName, signal } = asked;
  const feed = await streams.feed(viewer.userId);
  const deadline = clock.now() + asked.timeoutMs;
  if (!asked.since) memory.sentMembers.reset(viewer);
  let { since } = asked;
  for (;;) {
    const { now } = streams;
    const changes = since && feed.changesSince(since);
    const time = clock.now();
    const mayWait = since !== undefined && !fullState && time < deadline && !signal.aborted;
    const isDue = since !== undefined && isAnyDue(needs.sections, viewer, since);
    if (!mayWait || !changes || changes.length > 0 || isDue) {
      const ignored = await needs.ignoredBy(viewer.userId);
      const context = { rooms, viewer, filter, since, now, changes, fullState, stateName, ...memory, ignored, time };
      const answer = await syncAnswer(context, needs.sections);
      if (!answer.isEmpty || !mayWait) return answer;
      // What happened is not for this client: what comes next is looked at from here.
      since = now;
    }
    // Asked again without a pause in between, so that no wake-up is lost.
    if (since && feed.changesSince(since)?.length === 0) await feed.wait(Math.max(0, deadline - clock.now()), signal);
  }
}
