import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { defaultEventFilter, parseRoomEventFilter } from "../../protocol/filters/parse.ts";
import { isIgnored } from "../account-data/index.ts";
import { badJson } from "../../http/errors.ts";
import { jsonParameter } from "../../http/json-parameter.ts";

/** A filter of room events as the history endpoints ask it. */
export interface RoomEventFilter {
  readonly limit: number | undefined;
  readonly lazyLoadMembers: boolean;
  readonly keeps: (event: StoredEvent) => boolean;
}

/**
 * Reads a filter, which keeps nothing that those say whom the user ignores.
 * @throws MatrixError `M_INVALID_PARAM` for what is no JSON, `M_BAD_JSON` for what is no filter.
 */
export function roomEventFilter(text: string | undefined, ignored: ReadonlySet<string>): RoomEventFilter {
  const filter = text === undefined ? defaultEventFilter : parse(text);
  return {
    limit: filter.limit,
    lazyLoadMembers: filter.lazyLoadMembers,
    keeps: (event) =>
      !isIgnored(event, ignored) &&
      (filter.matchesEverything || (filter.matchesRoom(event.roomId) && filter.matches(event.pdu))),
  };
}

function parse(text: string): typeof defaultEventFilter {
  const parsed = parseRoomEventFilter(jsonParameter("filter", text));
  if (!parsed.ok) throw badJson(`filter ${parsed.path}: ${parsed.reason}`);
  return parsed.filter;
}
