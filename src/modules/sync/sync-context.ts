import type { Change } from "../../bus/change.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { type JsonObject, parseJsonObject } from "../../protocol/json/json.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import type { SyncToken } from "../../engine/streams/sync-token.ts";
import type { SentMembers } from "./sent-members.ts";
import type { SharedParts } from "./shared-parts.ts";
import type { SyncFilter } from "./sync-filter.ts";

/** `state`, or what takes its place when a client asked for the state after the timeline, in the words that it asked by. */
export type StateName = "state" | "state_after" | "org.matrix.msc4222.state_after";

/** Everything that one sync answer is made from. */
export interface SyncContext {
  readonly rooms: Rooms;
  readonly viewer: Viewer;
  readonly filter: SyncFilter;
  /** What the client has seen; `undefined` for an initial sync. */
  readonly since: SyncToken | undefined;
  /** Up to where this answer tells. */
  readonly now: SyncToken;
  /** What happened in between, if the feed knows. */
  readonly changes: readonly Change[] | undefined;
  /** All state of every joined room is wanted, whatever the client has seen. */
  readonly fullState: boolean;
  /** How the answer calls the state of rooms: that at the start of the timeline, or, by the other names, at its end. */
  readonly stateName: StateName;
  /** For lazy loading: which members the device was told of. */
  readonly sentMembers: SentMembers;
  /** What is told to many in the same words. */
  readonly sharedParts: SharedParts;
  /** Those of whom the user wants to hear nothing. */
  readonly ignored: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/**
 * Events as JSON texts in the format that the filter names, cut to its fields; those of a timeline with what modules add.
 * The format of clients leaves `room_id` out.
 */
export async function renderAll(
  { rooms, viewer, time, filter }: SyncContext,
  events: readonly StoredEvent[],
  told: { readonly decorated: true; readonly asState: ReadonlySet<StoredEvent> } | { readonly asState: true },
): Promise<string[]> {
  const texts = await renderEvents(rooms, events, { viewer, ...told, withRoomId: false, now: time });
  const { pickFields = unchanged, isFederationFormat } = filter;
  if (isFederationFormat) {
    return events.map((event, index) => JSON.stringify(pickFields(federationEvent(event, texts[index] ?? "{}"))));
  }
  return filter.pickFields ? texts.map((text) => JSON.stringify(pickFields(parseJsonObject(text)))) : texts;
}

/**
 * The event as servers exchange it, with its ID (which since room version 3 is no part of that) and what the client format
 * says beside it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridfilter_request_filter
 */
function federationEvent({ pdu, eventId }: StoredEvent, clientText: string): JsonObject {
  const unsigned = parseJsonObject(clientText)["unsigned"];
  return { ...pdu, event_id: eventId, ...(unsigned === undefined ? {} : { unsigned }) };
}

const unchanged = (event: JsonObject): JsonObject => event;
