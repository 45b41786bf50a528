import { Turns } from "../../engine/turns.ts";
import type { Sql } from "../../store/sql.ts";
import { prefixesOf } from "./search-term.ts";
import { type Candidate, type Place, readCandidates } from "./user-directory.store.ts";

/** Users who are looked at in one query: at most a few milliseconds. */
const STRETCH = 100;
/** Queries for one search. Whoever is beyond 10,000 users of a like name is found by a longer term. */
const STRETCH_LIMIT = 100;

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
 * Finds users. Cost: a query for every 100 users with a word that begins as the longest one that is searched, until
 * there are enough whom the searcher may see, or 10,000 were looked at.
 */
export async function searchUsers(sql: Sql, search: UserSearch): Promise<UserSearchJson> {
  const [first, ...others] = prefixesOf(search.term);
  if (first === undefined) return { results: [], limited: false };
  const { found, isComplete } = await find(sql, search, [first, ...others]);
  const shown = found.slice(0, search.limit).toSorted((a, b) => rank(a, first) - rank(b, first));
  return { results: shown.map(toJson), limited: found.length > search.limit || !isComplete };
}

async function find(
  sql: Sql,
  { searcher, limit, signal }: UserSearch,
  prefixes: readonly [string, ...string[]],
): Promise<{ readonly found: readonly Candidate[]; readonly isComplete: boolean }> {
  const found = new Map<string, Candidate>();
  const turns = new Turns();
  let after: Place = { word: prefixes[0], userId: "" };
  for (let stretches = 0; stretches < STRETCH_LIMIT && !signal.aborted; stretches++) {
    const candidates = await readCandidates(sql, { searcher, prefixes, after, limit: STRETCH });
    for (const candidate of candidates) {
      if (candidate.isFound && !found.has(candidate.userId)) found.set(candidate.userId, candidate);
    }
    const last = candidates.at(-1);
    if (!last || candidates.length < STRETCH || found.size > limit) {
      return { found: [...found.values()], isComplete: true };
    }
    after = last;
    await turns.next();
  }
  return { found: [...found.values()], isComplete: false };
}

/** Whole words before beginnings, and then users with a name before others. */
const rank = ({ word, displayName }: Candidate, searched: string): number =>
  (word === searched ? 0 : 2) + (displayName === "" ? 1 : 0);

const toJson = ({ userId, displayName, avatarUrl }: Candidate): FoundUserJson => ({
  user_id: userId,
  ...(displayName !== "" && { display_name: displayName }),
  ...(avatarUrl !== "" && { avatar_url: avatarUrl }),
});
