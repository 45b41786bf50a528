import { parsePropertyPath, pickProperties } from "../dot-path.ts";
import type { JsonValue } from "../json/json.ts";
import { passesSets, readEventFilter } from "./event-filter.ts";
import type { EventFilter, RoomFilter, SyncFilter } from "./filter.ts";
import {
  filterLimits,
  FilterProblem,
  readBoolean,
  readOneOf,
  readRoomIds,
  readSection,
  readTexts,
  rootSection,
  type Section,
} from "./read.ts";

/** A filter, or what is wrong with it: the path of the member and a sentence for people. */
export type ParsedFilter<Filter> =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly path: string; readonly reason: string };

/**
 * Checks and compiles the filter of `/sync`, as stored with `/user/{userId}/filter` or given in the request. Members that
 * we do not know are passed over.
 * @see https://spec.matrix.org/v1.19/client-server-api/#filtering
 */
export const parseFilter = (json: JsonValue): ParsedFilter<SyncFilter> =>
  attempt(() => readSyncFilter(rootSection(json)));

/** Checks and compiles the filter of a request for room events: `/messages`, `/context`, `/search`. */
export const parseRoomEventFilter = (json: JsonValue): ParsedFilter<EventFilter> =>
  attempt(() => readEventFilter(rootSection(json)));

/** Lets everything pass: what holds when a request has no filter. */
export const defaultFilter: SyncFilter = readSyncFilter(rootSection({}));

/** Lets every event pass. */
export const defaultEventFilter: EventFilter = readEventFilter(rootSection({}));

function attempt<Filter>(read: () => Filter): ParsedFilter<Filter> {
  try {
    return { ok: true, filter: read() };
  } catch (error) {
    if (error instanceof FilterProblem) return { ok: false, path: error.path, reason: error.message };
    throw error;
  }
}

function readSyncFilter(root: Section): SyncFilter {
  const fields = readTexts(root, "event_fields", filterLimits.fields);
  // An empty list would leave nothing of an event, which no client can mean.
  const eventFields = fields === undefined || fields.length === 0 ? undefined : fields.map(parsePropertyPath);
  return {
    eventFormat: readOneOf(root, "event_format", ["client", "federation"]) ?? "client",
    eventFields,
    presence: readEventFilter(readSection(root, "presence")),
    accountData: readEventFilter(readSection(root, "account_data")),
    room: readRoomFilter(readSection(root, "room")),
    project: (event) => (eventFields === undefined ? event : pickProperties(event, eventFields)),
  };
}

function readRoomFilter(room: Section): RoomFilter {
  const rooms = readRoomIds(room, "rooms");
  const notRooms = readRoomIds(room, "not_rooms") ?? new Set<string>();
  return {
    includeLeave: readBoolean(room, "include_leave") ?? false,
    timeline: readEventFilter(readSection(room, "timeline")),
    state: readEventFilter(readSection(room, "state")),
    ephemeral: readEventFilter(readSection(room, "ephemeral")),
    accountData: readEventFilter(readSection(room, "account_data")),
    rooms,
    notRooms,
    matchesRoom: (roomId) => passesSets(roomId, rooms, notRooms),
  };
}
