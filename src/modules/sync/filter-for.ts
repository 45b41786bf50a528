import { boundedCache } from "../../bounded-cache.ts";
import { defaultFilter, parseFilter } from "../../protocol/filters/parse.ts";
import type { SyncFilter as ParsedFilter } from "../../protocol/filters/filter.ts";
import { badJson, notFound } from "../../http/errors.ts";
import { jsonParameter } from "../../http/json-parameter.ts";
import { type SyncFilter, syncFilter } from "./sync-filter.ts";

const REMEMBERED = 5_000;

/** Reads a stored filter; `undefined` when the user has none of this ID. */
export type StoredFilter = (userId: string, filterId: string) => Promise<ParsedFilter | undefined>;

/**
 * Finds the filter that a request names: an ID of a stored one, JSON in the request, or none. Compiled filters are kept.
 * @throws MatrixError `M_NOT_FOUND` for an ID that is not known, `M_BAD_JSON` for what is no filter.
 */
export function filterFor(stored: StoredFilter): (userId: string, filter: string | undefined) => Promise<SyncFilter> {
  const everything = syncFilter(defaultFilter);
  const compiled = boundedCache<string, SyncFilter>(REMEMBERED);
  return async (userId, filter) => {
    if (filter === undefined || filter === "") return everything;
    const isInline = filter.startsWith("{");
    const key = isInline ? filter : `${userId}|${filter}`;
    const known = compiled.get(key);
    if (known) return known;
    const found = isInline ? parseInline(filter) : await stored(userId, filter);
    if (!found) throw notFound("You have no filter of this ID");
    const made = syncFilter(found);
    compiled.set(key, made);
    return made;
  };
}

function parseInline(text: string): ParsedFilter {
  const parsed = parseFilter(jsonParameter("filter", text));
  if (!parsed.ok) throw badJson(`${parsed.path}: ${parsed.reason}`);
  return parsed.filter;
}
