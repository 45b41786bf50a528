import type { FilteredSection, SectionRequest } from "../../engine/streams/section.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { EventFilter, SyncFilter as ParsedFilter } from "../../protocol/filters/filter.ts";
import type { JsonObject } from "../../protocol/json/json.ts";

const DEFAULT_TIMELINE_LIMIT = 10;
const LARGEST_TIMELINE_LIMIT = 1_000;

/** A filter as the parts of a sync answer ask it. */
export interface SyncFilter {
  readonly includeLeave: boolean;
  readonly lazyLoadMembers: boolean;
  readonly includeRedundantMembers: boolean;
  readonly timelineLimit: number;
  readonly unreadThreadNotifications: boolean;
  /** Events are wanted as servers exchange them. */
  readonly isFederationFormat: boolean;
  keepsRoom(roomId: string): boolean;
  keepsTimeline(event: StoredEvent): boolean;
  keepsState(event: StoredEvent): boolean;
  readonly keeps: SectionRequest["keeps"];
  readonly limitOf: NonNullable<SectionRequest["limitOf"]>;
  /** Cuts an event to the fields wanted; `undefined` when all are. */
  readonly pickFields: ((event: JsonObject) => JsonObject) | undefined;
}

/** Fits a parsed filter to what sync asks. Compiled once per filter. */
export function syncFilter(filter: ParsedFilter): SyncFilter {
  const { room } = filter;
  const sections: Readonly<Record<FilteredSection, EventFilter>> = {
    account_data: filter.accountData,
    presence: filter.presence,
    "room.account_data": room.accountData,
    "room.ephemeral": room.ephemeral,
  };
  return {
    includeLeave: room.includeLeave,
    // Members are part of the state: the filter of the state says how they are loaded. Old clients say it at the timeline.
    lazyLoadMembers: room.state.lazyLoadMembers || room.timeline.lazyLoadMembers,
    includeRedundantMembers: room.state.includeRedundantMembers,
    unreadThreadNotifications: room.timeline.unreadThreadNotifications,
    timelineLimit: Math.min(room.timeline.limit ?? DEFAULT_TIMELINE_LIMIT, LARGEST_TIMELINE_LIMIT),
    isFederationFormat: filter.eventFormat === "federation",
    keepsRoom: (roomId) => room.matchesRoom(roomId),
    keepsTimeline: keepsEvent(room.timeline),
    keepsState: keepsEvent(room.state),
    keeps: (section, type, sender, roomId) => {
      const part = sections[section];
      return (
        part.matches({ type, sender }) &&
        (roomId === undefined || (room.matchesRoom(roomId) && part.matchesRoom(roomId)))
      );
    },
    limitOf: (section) => sections[section].limit,
    pickFields: filter.eventFields ? (event) => filter.project(event) : undefined,
  };
}

const keepsEvent =
  (part: EventFilter) =>
  (event: StoredEvent): boolean =>
    part.matchesEverything || (part.matchesRoom(event.roomId) && part.matches(event.pdu));
