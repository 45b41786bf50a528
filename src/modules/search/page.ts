/*
 * A page of results. The log is looked through in windows, from the newest event back. A window is put in the order that
 * is wanted: so the best results come first among those of a window, and what is found in the next one comes after all
 * of them. That bounds what a search costs, however often a word was said.
 */
import type { Match, Matches, Window } from "./matches.ts";
import type { PageToken, Place } from "./page-token.ts";

/** Matches of a window. */
const WINDOW = 500;
/** Windows that are looked through for one page. */
const WINDOW_LIMIT = 3;

export type Order = "rank" | "recent";

/** Results, and where to go on. */
export interface Page {
  readonly results: readonly Match[];
  /** How many there are: exact when they are no more than a window has. */
  readonly count: number;
  /** `undefined` when there are no more. There may be none behind it. */
  readonly next: Omit<PageToken, "group"> | undefined;
}

interface Asked {
  readonly order: Order;
  readonly limit: number;
  /** Where the first page begins: before this position of the log. */
  readonly start: number;
  readonly token: PageToken | undefined;
}

/** Up to `limit` results. */
export async function pageOf(matches: Pick<Matches, "before">, { order, limit, start, token }: Asked): Promise<Page> {
  let { before, after } = token ?? { before: start, after: undefined };
  let count = token?.count;
  const results: Match[] = [];
  for (let windows = 0; windows < WINDOW_LIMIT; windows++) {
    // What is told from the newest on needs no window, unless its matches are counted.
    const enough = order === "recent" && count !== undefined ? limit - results.length : WINDOW;
    const window: Window = await matches.before(before, enough);
    count ??= window.matches.length;
    const found = inOrder(window.matches, order, after).slice(0, limit - results.length);
    results.push(...found);
    const last = results.at(-1);
    if (results.length >= limit) return { results, count, next: last && { ...behind(last, before, order), count } };
    if (window.next === undefined) return { results, count, next: undefined };
    before = window.next;
    after = undefined;
  }
  return { results, count: count ?? 0, next: { before, after, count: count ?? 0 } };
}

function inOrder(matches: readonly Match[], order: Order, after: Place | undefined): readonly Match[] {
  if (order === "recent") return matches;
  const sorted = matches.toSorted((a, b) => compare(placeOf(a), placeOf(b)));
  return after === undefined ? sorted : sorted.filter((match) => compare(placeOf(match), after) > 0);
}

const placeOf = ({ rank, event }: Match): Place => ({ rank, position: event.position });

/** The better first; of equals the older, so that those said meanwhile come last. */
const compare = (a: Place, b: Place): number => b.rank - a.rank || a.position - b.position;

const behind = (last: Match, before: number, order: Order): Pick<PageToken, "before" | "after"> =>
  order === "recent" ? { before: last.event.position, after: undefined } : { before, after: placeOf(last) };
