import { compileGlob, type Matcher } from "../globs.ts";
import type { EventFilter, FilterableEvent, FilterLists } from "./filter.ts";
import { filterLimits, readBoolean, readCount, readRoomIds, readTexts, readUserIds, type Section } from "./read.ts";

/** Compiles one event filter. What is only said of room events is read of the others too, and does nothing there. */
export function readEventFilter(section: Section): EventFilter {
  const lists = readLists(section);
  const containsUrl = readBoolean(section, "contains_url");
  const restrictions = [lists.types, lists.senders, lists.rooms, containsUrl];
  const exclusions = lists.notTypes.length + lists.notSenders.size + lists.notRooms.size;

  return {
    limit: readCount(section, "limit"),
    lazyLoadMembers: readBoolean(section, "lazy_load_members") ?? false,
    includeRedundantMembers: readBoolean(section, "include_redundant_members") ?? false,
    unreadThreadNotifications: readBoolean(section, "unread_thread_notifications") ?? false,
    containsUrl,
    relatedByRelTypes: readTexts(section, "related_by_rel_types", filterLimits.types),
    relatedBySenders: readTexts(section, "related_by_senders", filterLimits.ids),
    lists,
    matchesNothing: excludesAll(lists),
    matchesEverything: exclusions === 0 && restrictions.every((restriction) => restriction === undefined),
    matchesRoom: (roomId) => passesSets(roomId, lists.rooms, lists.notRooms),
    matches: compileMatches(lists, containsUrl),
  };
}

/** What is excluded is excluded even when it is also asked for. */
export const passesSets = (
  id: string,
  wanted: ReadonlySet<string> | undefined,
  unwanted: ReadonlySet<string>,
): boolean => !unwanted.has(id) && (wanted === undefined || wanted.has(id));

const excludesAll = (lists: FilterLists): boolean =>
  lists.notTypes.includes("*") || lists.types?.length === 0 || lists.senders?.size === 0 || lists.rooms?.size === 0;

function readLists(section: Section): FilterLists {
  return {
    types: readTexts(section, "types", filterLimits.types),
    notTypes: readTexts(section, "not_types", filterLimits.types) ?? [],
    senders: readUserIds(section, "senders"),
    notSenders: readUserIds(section, "not_senders") ?? new Set(),
    rooms: readRoomIds(section, "rooms"),
    notRooms: readRoomIds(section, "not_rooms") ?? new Set(),
  };
}

function compileMatches(lists: FilterLists, containsUrl: boolean | undefined): (event: FilterableEvent) => boolean {
  const isWanted = lists.types === undefined ? undefined : compileTypes(lists.types);
  const isUnwanted = compileTypes(lists.notTypes);

  return (event) => {
    if (isUnwanted(event.type) || isWanted?.(event.type) === false) return false;
    if (
      event.sender === undefined
        ? lists.senders !== undefined
        : !passesSets(event.sender, lists.senders, lists.notSenders)
    ) {
      return false;
    }
    return containsUrl === undefined || containsUrl === hasUrl(event);
  };
}

const hasUrl = (event: FilterableEvent): boolean => event.content !== undefined && Object.hasOwn(event.content, "url");

/** Most lists name types in full: those are looked up, and only patterns are tried one by one. */
function compileTypes(types: readonly string[]): Matcher {
  const names = new Set(types.filter((type) => !type.includes("*")));
  const patterns = types.filter((type) => type.includes("*")).map((type) => compileGlob(type, { wildcards: "*" }));
  return (type) => names.has(type) || patterns.some((matches) => matches(type));
}
