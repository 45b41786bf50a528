import type { PropertyPath } from "../dot-path.ts";
import type { JsonObject } from "../json/json.ts";

/** What a filter looks at in an event of any sort: client event, PDU, EDU or account data. */
export interface FilterableEvent {
  readonly type: string;
  /** Of presence: the user. Absent in typing, receipts and account data. */
  readonly sender?: string | undefined;
  readonly content?: JsonObject | undefined;
}

/** Lists of a filter as given, for those who push them into a query. `undefined`: everything passes. */
export interface FilterLists {
  readonly types: readonly string[] | undefined;
  readonly notTypes: readonly string[];
  readonly senders: ReadonlySet<string> | undefined;
  readonly notSenders: ReadonlySet<string>;
  readonly rooms: ReadonlySet<string> | undefined;
  readonly notRooms: ReadonlySet<string>;
}

/**
 * A filter of events, compiled.
 * @see https://spec.matrix.org/v1.19/client-server-api/#filtering
 */
export interface EventFilter {
  /** The most events to return; `undefined` leaves it to the endpoint. The endpoint's maximum is not applied here. */
  readonly limit: number | undefined;
  readonly lazyLoadMembers: boolean;
  readonly includeRedundantMembers: boolean;
  readonly unreadThreadNotifications: boolean;
  /** `undefined`: it does not matter whether the content has a `url`. */
  readonly containsUrl: boolean | undefined;
  /** Event types and senders of which one must relate to the event; the database knows, `matches` does not. */
  readonly relatedByRelTypes: readonly string[] | undefined;
  readonly relatedBySenders: readonly string[] | undefined;
  readonly lists: FilterLists;
  /** Whether nothing can pass: an empty list of types, senders or rooms, or every type excluded. Saves a query. */
  readonly matchesNothing: boolean;
  /** Whether everything passes: no list, no `contains_url`. */
  readonly matchesEverything: boolean;

  matchesRoom(roomId: string): boolean;
  /** Type, sender and content. A filter with `senders` lets nothing pass that has no sender. */
  matches(event: FilterableEvent): boolean;
}

/** The filter of everything that belongs to rooms. */
export interface RoomFilter {
  readonly includeLeave: boolean;
  readonly timeline: EventFilter;
  readonly state: EventFilter;
  readonly ephemeral: EventFilter;
  readonly accountData: EventFilter;
  readonly rooms: ReadonlySet<string> | undefined;
  readonly notRooms: ReadonlySet<string>;
  /** Asked before the filters of the parts, which have room lists of their own. */
  matchesRoom(roomId: string): boolean;
}

/** A filter as `/sync` uses it, compiled. Immutable. */
export interface SyncFilter {
  readonly eventFormat: "client" | "federation";
  /** `undefined`: events are sent whole. */
  readonly eventFields: readonly PropertyPath[] | undefined;
  readonly presence: EventFilter;
  readonly accountData: EventFilter;
  readonly room: RoomFilter;
  /** A client event, cut down to `event_fields`. */
  project(event: JsonObject): JsonObject;
}
