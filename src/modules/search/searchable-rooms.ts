import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { EventFilter } from "../../protocol/filters/filter.ts";
import { isJsonObject } from "../../protocol/json/json.ts";

/** How often a room may have been upgraded. */
const GENERATIONS = 20;

/** Rooms by their numbers in the database. */
export type RoomIds = ReadonlyMap<number, string>;

/**
 * The rooms in which a user searches: those that they are or were in, and have not forgotten, as far as the filter wants
 * them. A room that took the place of another stands for both. Cost: the user's rooms; with a list of rooms, some queries
 * more for each time that they were upgraded.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-side-search
 */
export async function searchableRooms(rooms: Rooms, userId: string, filter: EventFilter): Promise<RoomIds> {
  const records = (await rooms.memberships.ofUser(userId)).filter(({ isForgotten }) => !isForgotten);
  const nidOf = new Map(records.map(({ roomId, roomNid }) => [roomId, roomNid]));
  const { rooms: wanted, notRooms } = filter.lists;
  const roomIds = wanted === undefined ? [...nidOf.keys()] : await withPredecessors(rooms, wanted, nidOf);
  const found = new Map<number, string>();
  for (const roomId of roomIds) {
    const nid = nidOf.get(roomId);
    if (nid !== undefined && !notRooms.has(roomId)) found.set(nid, roomId);
  }
  return found;
}

async function withPredecessors(
  rooms: Rooms,
  wanted: ReadonlySet<string>,
  known: ReadonlyMap<string, number>,
): Promise<ReadonlySet<string>> {
  const all = new Set([...wanted].filter((roomId) => known.has(roomId)));
  let newest: readonly string[] = [...all];
  for (let generation = 0; newest.length > 0 && generation < GENERATIONS; generation++) {
    const before = await predecessorsOf(rooms, newest);
    newest = before.filter((roomId) => known.has(roomId) && !all.has(roomId));
    for (const roomId of newest) all.add(roomId);
  }
  return all;
}

async function predecessorsOf(rooms: Rooms, roomIds: readonly string[]): Promise<string[]> {
  const found = await rooms.getMany(roomIds);
  const creations = await rooms.stateEventsAt(
    found.map(({ publishedState: root }) => ({ root, type: "m.room.create", stateKey: "" })),
  );
  return creations.flatMap((creation) => {
    const predecessor = creation?.pdu.content["predecessor"];
    const roomId = isJsonObject(predecessor) ? predecessor["room_id"] : undefined;
    return typeof roomId === "string" ? [roomId] : [];
  });
}
