import { isRoomId } from "../../protocol/ids/ids.ts";
import { roomVersion } from "../../protocol/room-versions/index.ts";
import type { Sql } from "../../store/sql.ts";
import type { EventsStore } from "./events.store.ts";
import { EMPTY_HEAD, Room } from "./room.ts";
import { roomsStore } from "./rooms.store.ts";
import type { StateNodes } from "./state/nodes.ts";

const ROOMS_IN_MEMORY = 5_000;

interface Needs {
  readonly sql: Sql;
  readonly events: EventsStore;
  readonly nodes: StateNodes;
  /** Rooms beyond so many leave memory, the least recently used first; 5,000 unless given. */
  readonly limit: number | undefined;
}

/** The rooms in memory. A room is there once: two of one would fork it. */
export class LoadedRooms {
  readonly #needs: Needs;
  readonly #store: ReturnType<typeof roomsStore>;
  /** The least recently used first. */
  readonly #rooms = new Map<string, Room>();
  readonly #loading = new Map<string, Promise<Room | undefined>>();

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#store = roomsStore(needs.sql);
  }

  /** Whether this is still the one in memory: it may have left, and another may have been loaded in its place. */
  holds(room: Room): boolean {
    return this.#rooms.get(room.roomId) === room;
  }

  /** The room, if it is in memory and to be used: it counts as used then. */
  peek(roomId: string): Room | undefined {
    const room = this.#rooms.get(roomId);
    if (!room) return undefined;
    this.#rooms.delete(roomId);
    if (room.isStale) return undefined;
    this.#rooms.set(roomId, room);
    return room;
  }

  /** Those of the rooms that this server knows, in the order asked for. Three queries for all that are not in memory. */
  async get(roomIds: readonly string[]): Promise<Room[]> {
    const rooms = new Map<string, Room | Promise<Room | undefined> | undefined>();
    for (const roomId of roomIds) rooms.set(roomId, this.peek(roomId) ?? this.#loading.get(roomId));
    const missing = [...rooms.keys()].filter((roomId) => !rooms.get(roomId) && isRoomId(roomId));
    if (missing.length > 0) {
      const loading = this.#load(missing).finally(() => {
        for (const roomId of missing) this.#loading.delete(roomId);
      });
      for (const roomId of missing) {
        const room = loading.then((loaded) => loaded.get(roomId));
        this.#loading.set(roomId, room);
        rooms.set(roomId, room);
      }
    }
    const found = await Promise.all(roomIds.map(async (roomId) => await rooms.get(roomId)));
    return found.filter((room) => room !== undefined);
  }

  /** Takes a room in. Those with transactions on their way stay beyond the limit. */
  keep(room: Room): Room {
    this.#rooms.set(room.roomId, room);
    const limit = this.#needs.limit ?? ROOMS_IN_MEMORY;
    for (const old of this.#rooms.values()) {
      if (this.#rooms.size <= limit) break;
      if (old.pendingCount === 0 && old !== room) this.#rooms.delete(old.roomId);
    }
    return room;
  }

  async #load(roomIds: readonly string[]): Promise<ReadonlyMap<string, Room>> {
    const { events, nodes } = this.#needs;
    const records = await this.#store.byIds(roomIds);
    const lasts = await events.lastOf(records.map(({ nid }) => nid));
    const heads = await events.byPositions(lasts.flatMap((last) => last.heads));
    const headByNid = new Map(
      lasts.map(({ roomNid, roomState, heads: positions }) => [
        roomNid,
        { state: roomState, extremities: heads.filter(({ position }) => positions.includes(position)) },
      ]),
    );
    const loaded = new Map<string, Room>();
    for (const { nid, roomId, version, isPublished } of records) {
      const rules = roomVersion(version);
      if (!rules) continue;
      const head = headByNid.get(nid) ?? EMPTY_HEAD;
      const room = new Room({ roomId, nid, rules, isPublished, head }, { events, nodes });
      loaded.set(roomId, this.keep(room));
    }
    return loaded;
  }
}
