import { invalidParam } from "../../http/errors.ts";
import { Turns } from "../../engine/turns.ts";
import type { PublicRoomSummary } from "../../engine/rooms/room-summary.ts";
import type { Sql } from "../../store/sql.ts";
import type { RoomCount } from "./room-count.ts";
import { formatPageToken, type PageStart, parsePageToken } from "./page-token.ts";
import { type ListedRoom, readStretch, type RoomFilter } from "./published-rooms.store.ts";

/** Rooms in one answer, also when the client asks for more or does not say. */
const PAGE_LIMIT = 500;
/** Rooms that are looked at in one query when some of them are searched for: a millisecond or two. */
const STRETCH = 1_000;

/** What listing rooms takes. */
export interface ListNeeds {
  readonly sql: Sql;
  readonly roomCount: RoomCount;
}

/** Which rooms a client wants to see. */
export interface Wishes {
  /** At most so many; 0 or `undefined`: as many as an answer holds. */
  readonly limit: number | undefined;
  readonly since: string | undefined;
  readonly filter: RoomFilter;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3publicrooms */
export interface PageJson {
  readonly chunk: readonly PublicRoomSummary[];
  readonly next_batch?: string;
  readonly prev_batch?: string;
  readonly total_room_count_estimate: number;
}

/**
 * A page of the directory. Cost: one query; with a filter one more for every 1,000 rooms that are looked at.
 * @throws MatrixError `M_INVALID_PARAM` for a limit below 0 and for a token that is none.
 */
export async function listRooms(
  { sql, roomCount }: ListNeeds,
  { limit: wished = 0, since, filter, signal }: Wishes,
): Promise<PageJson> {
  if (wished < 0) throw invalidParam("`limit` is less than 0");
  const limit = Math.min(wished === 0 ? PAGE_LIMIT : wished, PAGE_LIMIT);
  const start = parsePageToken(since);
  const [found, total] = await Promise.all([
    findRooms(sql, { start, filter, count: limit + 1, signal }),
    roomCount.estimate(),
  ]);
  const page = found.slice(0, limit);
  const ordered = start.direction === "down" ? page : page.toReversed();
  return {
    chunk: ordered.map(({ summary }) => summary).filter((summary) => summary !== undefined),
    ...tokensOf(ordered, { start, hasMore: found.length > limit, isFirst: since === undefined }),
    total_room_count_estimate: Math.max(total, page.length),
  };
}

interface Search {
  readonly start: PageStart;
  readonly filter: RoomFilter;
  readonly count: number;
  readonly signal: AbortSignal;
}

async function findRooms(sql: Sql, { start, filter, count, signal }: Search): Promise<ListedRoom[]> {
  const { direction } = start;
  const isFiltered = filter.terms.length > 0 || filter.types !== undefined;
  const limit = isFiltered ? STRETCH : count;
  const turns = new Turns();
  const found: ListedRoom[] = [];
  for (let from = start.from; !signal.aborted; await turns.next()) {
    const stretch = await readStretch(sql, { from, direction, limit }, filter);
    found.push(...stretch.filter(({ summary }) => summary !== undefined));
    const last = stretch.at(-1);
    if (!last || stretch.length < limit || found.length >= count) break;
    from = last;
  }
  return found.slice(0, count);
}

interface Paged {
  readonly start: PageStart;
  readonly hasMore: boolean;
  readonly isFirst: boolean;
}

/** Whoever came from somewhere can go back there. */
function tokensOf(
  page: readonly ListedRoom[],
  { start: { direction }, hasMore, isFirst }: Paged,
): Pick<PageJson, "next_batch" | "prev_batch"> {
  const [first, last] = [page[0], page.at(-1)];
  if (!first || !last) return {};
  const hasNext = direction === "up" || hasMore;
  const hasPrevious = direction === "up" ? hasMore : !isFirst;
  return {
    ...(hasNext && { next_batch: formatPageToken("down", last) }),
    ...(hasPrevious && { prev_batch: formatPageToken("up", first) }),
  };
}
