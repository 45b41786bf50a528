import type { Room } from "./room.ts";
import type { Rooms } from "./rooms.ts";
import type { StoredEvent } from "./stored-event.ts";

/**
 * All state events of one type that rooms have, as it is durable. The trie has its entries by hash and cannot list a
 * type without walking over all members: so the state keys that ever had such an event come from an index, and the trie
 * says which of them hold. Not for memberships. The queries are the same few for any number of rooms:
 * `Rooms.stateBesideMembers` needs some for each room, and reads the state of all other types too.
 */
export async function stateOfType(
  rooms: Rooms,
  list: readonly Room[],
  type: string,
): Promise<ReadonlyMap<Room, readonly StoredEvent[]>> {
  if (list.length === 0) return new Map();
  const byNid = new Map(list.map((room) => [room.nid, room]));
  const keys = await rooms.events.stateKeysOf([...byNid.keys()], type);
  const addresses = keys.map(({ roomNid, stateKey }) => ({
    root: byNid.get(roomNid)?.publishedState ?? "",
    type,
    stateKey,
  }));
  const events = await rooms.stateEventsAt(addresses);
  const found = new Map<Room, StoredEvent[]>(list.map((room) => [room, []]));
  for (const event of events) {
    const room = event && byNid.get(event.roomNid);
    if (event && room) found.get(room)?.push(event);
  }
  return found;
}
