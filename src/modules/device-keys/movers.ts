/*
 * Who came to share a room with a user, or shares none any more, while the user itself stayed where it was: a join that
 * many are told of. The rooms of who moved are read once for all of them; all else is in memory.
 */
import { boundedCache } from "../../bounded-cache.ts";
import type { EventChange } from "../../engine/rooms/event-change.ts";
import type { EventsStore } from "../../engine/rooms/events.store.ts";
import type { MembershipsStore } from "../../engine/rooms/memberships.store.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";

/** Users whose rooms are remembered, some kilobytes each: those who are told of one move are told at about the same time. */
const REMEMBERED_MOVES = 50;
/** Where more moved than this, a few queries for all of them cost less. */
const MOVED_LIMIT = 20;

interface Needs {
  readonly memberships: Pick<MembershipsStore, "ofUser">;
  readonly events: Pick<EventsStore, "byPositions">;
}

/** One who moved, as seen by a user: whether they share a room at the end, and whether they did at the beginning. */
export interface Mover {
  readonly userId: string;
  readonly isSharing: boolean;
  readonly wasSharing: boolean;
}

/** What somebody is to a room now. */
interface InRoom {
  readonly roomId: string;
  readonly isJoined: boolean;
  /** Of the membership event. */
  readonly position: number;
}

/** From where somebody looks: from these rooms, which are the same from one position to another. */
interface Outlook {
  readonly rooms: ReadonlySet<string>;
  readonly from: number;
  readonly until: number;
}

export class Movers {
  readonly #needs: Needs;
  /** By the position of the event that moved somebody last. */
  readonly #roomsAt = boundedCache<number, Promise<readonly InRoom[]>>(REMEMBERED_MOVES);

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * By user ID, those of whom these are all moves in the rooms; `undefined` where they are very many, or one has moved
   * again by now.
   */
  async of(moves: readonly EventChange[], outlook: Outlook): Promise<ReadonlyMap<string, Mover> | undefined> {
    const last = new Map(moves.map(({ event }) => [event.stateKey ?? "", event.position]));
    if (last.size > MOVED_LIMIT) return undefined;
    const movers = new Map<string, Mover>();
    for (const [userId, position] of last) {
      const mover = await this.#mover(userId, position, outlook);
      if (!mover) return undefined;
      movers.set(userId, mover);
    }
    return movers;
  }

  async #mover(userId: string, movedAt: number, { rooms, from, until }: Outlook): Promise<Mover | undefined> {
    const common = (await this.#roomsOf(userId, movedAt)).filter(({ roomId }) => rooms.has(roomId));
    if (common.some(({ position }) => position > until)) return undefined;
    const joined = common.filter(({ isJoined }) => isJoined);
    const isSharing = joined.length > 0;
    const stayed = joined.some((room) => room.position <= from);
    const moved = common.filter((room) => room.position > from);
    return { userId, isSharing, wasSharing: stayed || (await this.#wasJoinedToAny(moved, from)) };
  }

  async #roomsOf(userId: string, movedAt: number): Promise<readonly InRoom[]> {
    const known = this.#roomsAt.get(movedAt);
    if (known) return await known;
    const reading = this.#read(userId);
    this.#roomsAt.set(movedAt, reading);
    try {
      return await reading;
    } catch (error) {
      this.#roomsAt.delete(movedAt);
      throw error;
    }
  }

  async #read(userId: string): Promise<readonly InRoom[]> {
    const records = await this.#needs.memberships.ofUser(userId);
    return records.map(({ roomId, membership, position }) => ({ roomId, isJoined: membership === "join", position }));
  }

  /** Follows the memberships back over those that they replaced, which are the newest of events and in memory. */
  async #wasJoinedToAny(moved: readonly InRoom[], position: number): Promise<boolean> {
    for (const room of moved) {
      let [event] = await this.#needs.events.byPositions([room.position]);
      while (event && event.position > position) {
        [event] = event.replaces === 0 ? [] : await this.#needs.events.byPositions([event.replaces]);
      }
      if (membershipOf(event) === "join") return true;
    }
    return false;
  }
}
