import { type Static, Type } from "typebox";
import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { endpoint, JsonText, type Requester } from "../../http/endpoint.ts";
import { badJson } from "../../http/errors.ts";
import type { EventFilter } from "../../protocol/filters/filter.ts";
import { parseRoomEventFilter } from "../../protocol/filters/parse.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { type IgnoredBy, isIgnored } from "../account-data/index.ts";
import { isInGroup } from "./groups.ts";
import type { Indexer } from "./indexer.ts";
import { Matches } from "./matches.ts";
import { pageOf } from "./page.ts";
import { GROUP_KEYS, parsePageToken } from "./page-token.ts";
import type { SearchIndex } from "./search-index.ts";
import { searchAnswer } from "./search-answer.ts";
import { parseTerm } from "./search-term.ts";
import { searchableRooms } from "./searchable-rooms.ts";
import { SEARCH_KEYS } from "./tokens.ts";

const DEFAULT_LIMIT = 10;
const LARGEST_LIMIT = 100;
const DEFAULT_CONTEXT = 5;
const LARGEST_CONTEXT = 50;
const TERM_LENGTH_LIMIT = 1_000;
/** So long a search waits for what was said before it to be indexed. */
const PATIENCE_MS = 5_000;

const context = Type.Object({
  before_limit: Type.Optional(Type.Integer({ minimum: 0 })),
  after_limit: Type.Optional(Type.Integer({ minimum: 0 })),
  include_profile: Type.Optional(Type.Boolean()),
});

const roomEvents = Type.Object({
  search_term: Type.String({ maxLength: TERM_LENGTH_LIMIT }),
  keys: Type.Optional(Type.Array(Type.Union(SEARCH_KEYS.map((key) => Type.Literal(key))))),
  filter: Type.Optional(Type.Unsafe<JsonObject>(Type.Object({}))),
  order_by: Type.Optional(Type.Union([Type.Literal("rank"), Type.Literal("recent")])),
  event_context: Type.Optional(context),
  include_state: Type.Optional(Type.Boolean()),
  groupings: Type.Optional(
    Type.Object({
      group_by: Type.Optional(Type.Array(Type.Object({ key: Type.Union(GROUP_KEYS.map((key) => Type.Literal(key))) }))),
    }),
  ),
});
type RoomEventsJson = Static<typeof roomEvents>;

interface Needs {
  readonly rooms: Rooms;
  readonly partitions: Pick<Partitions, "position">;
  readonly clock: Clock;
  readonly ignoredBy: IgnoredBy;
  readonly index: SearchIndex;
  readonly indexer: Indexer;
}

/**
 * Finds what was said in the rooms of a user.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3search
 */
export const search = (needs: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/search",
    auth: "user",
    limit: "message",
    params: Type.Object({}),
    query: Type.Object({ next_batch: Type.Optional(Type.String()) }),
    body: Type.Object({ search_categories: Type.Object({ room_events: Type.Optional(roomEvents) }) }),

    async handle({ body, query, requester, signal }) {
      const asked = body.search_categories.room_events;
      // Categories of other versions are passed over, as an answer without them says.
      if (!asked) return { search_categories: {} };
      const found = await searchRoomEvents(needs, asked, { nextBatch: query.next_batch, requester, signal });
      return new JsonText(`{"search_categories":{"room_events":${found}}}`);
    },
  });

interface Request {
  readonly nextBatch: string | undefined;
  readonly requester: Requester;
  readonly signal: AbortSignal;
}

async function searchRoomEvents(
  needs: Needs,
  asked: RoomEventsJson,
  { nextBatch, requester, signal }: Request,
): Promise<string> {
  const { rooms, partitions, indexer, clock } = needs;
  const filter = filterIn(asked);
  const token = nextBatch === undefined ? undefined : parsePageToken(nextBatch);
  const term = parseTerm(asked.search_term);
  const start = partitions.position + 1;
  await indexer.catchUp(PATIENCE_MS);
  const ignored = await needs.ignoredBy(requester.userId);
  const isShown = (event: StoredEvent): boolean => !isIgnored(event, ignored);
  const keeps = (event: StoredEvent): boolean =>
    filter.matches(event.pdu) && isInGroup(event, token?.group) && isShown(event);
  const matches = new Matches(needs, {
    userId: requester.userId,
    term,
    keys: asked.keys ?? SEARCH_KEYS,
    rooms: await searchableRooms(rooms, requester.userId, filter),
    keeps,
    signal,
  });
  const limit = Math.min(filter.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT);
  const page = await pageOf(matches, { order: asked.order_by ?? "rank", limit, start, token });
  const told = { page, term, wishes: wishesIn(asked, filter), group: token?.group };
  return await searchAnswer({ rooms, viewer: requester, now: clock.now(), isShown }, told);
}

function filterIn({ filter }: RoomEventsJson): EventFilter {
  const parsed = parseRoomEventFilter(filter ?? {});
  if (!parsed.ok) throw badJson(`filter ${parsed.path}: ${parsed.reason}`);
  return parsed.filter;
}

function wishesIn({ event_context, include_state, groupings }: RoomEventsJson, filter: EventFilter) {
  return {
    context: event_context && {
      before: contextSize(event_context.before_limit),
      after: contextSize(event_context.after_limit),
    },
    withProfiles: event_context?.include_profile === true,
    withState: include_state === true,
    lazyLoadMembers: filter.lazyLoadMembers,
    groupBy: [...new Set((groupings?.group_by ?? []).map(({ key }) => key))],
  };
}

const contextSize = (limit = DEFAULT_CONTEXT): number => Math.min(limit, LARGEST_CONTEXT);
