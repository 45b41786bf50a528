/*
 * How this works: a search walks the users whose words begin as the longest one that is searched, and keeps those whom the
 * searcher may find. Where very many have such a word and few of them may be found, it walks from the other side: through
 * the members of the rooms that let the searcher find somebody. One of the two is short, unless both are long.
 */
import { Turns } from "../../engine/turns.ts";
import type { Sql } from "../../store/sql.ts";
import { prefixesOf } from "./search-term.ts";
import {
  type Candidate,
  type FindingRoom,
  type Place,
  readCandidates,
  readFindingRooms,
  readMembers,
} from "./user-directory.store.ts";

/** Users who are looked at in one query, whatever it takes to see whether they may be found: some milliseconds. */
const STRETCH = 25;
/** The same of members, for whom that is known: a millisecond. */
const MEMBERS_AT_ONCE = 100;
/** Users, and then members, who are looked at for one search: some tenths of a second. */
const LOOKED_AT = 5_000;
/** Rooms whose members are looked at. */
const ROOM_LIMIT = 400;

/** Who looks for whom. */
export interface UserSearch {
  readonly searcher: string;
  readonly term: string;
  /** At most so many users. */
  readonly limit: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A user as clients see one. */
export interface FoundUserJson {
  readonly user_id: string;
  readonly display_name?: string;
  readonly avatar_url?: string;
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3user_directorysearch */
export interface UserSearchJson {
  readonly results: readonly FoundUserJson[];
  /** Whether there are more. */
  readonly limited: boolean;
}

/**
 * Finds users. Cost: a query for every 25 users with a word that begins as the longest one that is searched, until there
 * are enough whom the searcher may see, or 5,000 were looked at; then one for every room that lets the searcher find
 * somebody, or 100 of its members, with the same limit.
 */
export async function searchUsers(sql: Sql, search: UserSearch): Promise<UserSearchJson> {
  const [first, ...others] = prefixesOf(search.term);
  if (first === undefined) return { results: [], limited: false };
  const walk: Walk = { ...search, sql, prefixes: [first, ...others], found: new Map(), turns: new Turns() };
  const isComplete = (await byWords(walk)) || (await byRooms(walk));
  const found = [...walk.found.values()].toSorted((a, b) => rank(a, first) - rank(b, first));
  return { results: found.slice(0, search.limit).map(toJson), limited: found.length > search.limit || !isComplete };
}

interface Walk extends UserSearch {
  readonly sql: Sql;
  readonly prefixes: readonly [string, ...string[]];
  /** By user ID. */
  readonly found: Map<string, Candidate>;
  readonly turns: Turns;
}

const isOver = ({ found, limit, signal }: Walk): boolean => found.size > limit || signal.aborted;

function keep({ found }: Walk, candidates: readonly Candidate[]): void {
  for (const candidate of candidates) {
    if (candidate.isFound && !found.has(candidate.userId)) found.set(candidate.userId, candidate);
  }
}

/** Walks through the words. `false` when there are more than are looked at. */
async function byWords(walk: Walk): Promise<boolean> {
  const { sql, searcher, prefixes } = walk;
  let after: Place = { word: prefixes[0], userId: "" };
  for (let lookedAt = 0; lookedAt < LOOKED_AT; lookedAt += STRETCH) {
    const candidates = await readCandidates(sql, { searcher, prefixes, after, limit: STRETCH });
    keep(walk, candidates);
    const last = candidates.at(-1);
    if (!last || candidates.length < STRETCH || isOver(walk)) return true;
    after = last;
    await walk.turns.next();
  }
  return false;
}

/** Walks through those who may be found. `false` when there are more than are looked at. */
async function byRooms(walk: Walk): Promise<boolean> {
  const rooms = await readFindingRooms(walk.sql, walk.searcher, ROOM_LIMIT + 1);
  let remaining = LOOKED_AT;
  for (const room of rooms.slice(0, ROOM_LIMIT)) {
    remaining -= await throughRoom(walk, room, remaining);
    if (isOver(walk)) return true;
    if (remaining <= 0) return false;
    await walk.turns.next();
  }
  return rooms.length <= ROOM_LIMIT;
}

/** Gives how many members were looked at: `limit` when there may be more. */
async function throughRoom(walk: Walk, { roomNid }: FindingRoom, limit: number): Promise<number> {
  const { sql, searcher, prefixes } = walk;
  let after = 0;
  for (let lookedAt = 0; lookedAt < limit; lookedAt += MEMBERS_AT_ONCE) {
    const members = await readMembers(sql, { searcher, prefixes, roomNid, after, limit: MEMBERS_AT_ONCE });
    keep(walk, members);
    const last = members.at(-1);
    if (!last || members.length < MEMBERS_AT_ONCE || isOver(walk)) return lookedAt + members.length;
    after = last.position;
    await walk.turns.next();
  }
  return limit;
}

/** Whole words before beginnings, and then users with a name before others. */
const rank = ({ word, displayName }: Candidate, searched: string): number =>
  (word === searched ? 0 : 2) + (displayName === "" ? 1 : 0);

const toJson = ({ userId, displayName, avatarUrl }: Candidate): FoundUserJson => ({
  user_id: userId,
  ...(displayName !== "" && { display_name: displayName }),
  ...(avatarUrl !== "" && { avatar_url: avatarUrl }),
});
