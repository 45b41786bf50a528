/*
 * How guests are made to leave. A row of `guest_evictions` names a room that guests have to leave; it comes with the event
 * that forbids them and goes when all have left, so that a crash repeats the work and never loses it. One worker does
 * the rooms one after the other; what it cannot do because the database fails is tried again later.
 */
import type { Partitions } from "../../engine/partitions/partitions.ts";
import { guestsMayJoin } from "../../engine/rooms/guest-access.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { MatrixError } from "../../http/errors.ts";
import { serverNameOf } from "../../protocol/ids/ids.ts";
import type { Sql } from "../../store/sql.ts";
import { endEviction, type Eviction, guestsStore } from "./guests.store.ts";

/** After a failure of the database. */
const RETRY_MS = 30_000;
const EVICTIONS_AT_ONCE = 100;

export interface Needs {
  readonly sql: Sql;
  readonly partitions: Partitions;
  readonly rooms: Rooms;
  readonly serverName: string;
  /** Takes care of work that nobody waits for. */
  readonly background: (name: string, work: Promise<void>) => void;
}

/** Makes guests leave the rooms that forbid them. */
export class Evictions implements AsyncDisposable {
  readonly #needs: Needs;
  readonly #store: ReturnType<typeof guestsStore>;
  #work: Promise<void> | undefined;
  #isWanted = false;
  #isStopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#store = guestsStore(needs.sql);
  }

  /** There is, or may be, something to do. */
  wake(): void {
    this.#isWanted = true;
    clearTimeout(this.#retry);
    if (this.#work || this.#isStopped) return;
    this.#work = this.#run();
    this.#needs.background("guest-access", this.#work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    // What it fails with is told already.
    await Promise.allSettled([this.#work]);
  }

  async #run(): Promise<void> {
    try {
      while (this.#isWanted && !this.#isStopped) {
        this.#isWanted = false;
        await this.#evictAll();
      }
    } catch (error) {
      if (!this.#isStopped) this.#retry = setTimeout(() => this.wake(), RETRY_MS).unref();
      throw error;
    } finally {
      this.#work = undefined;
    }
  }

  async #evictAll(): Promise<void> {
    for (let after = 0; ; ) {
      const evictions = await this.#store.evictionsAfter(after, EVICTIONS_AT_ONCE);
      for (const eviction of evictions) {
        if (this.#isStopped) return;
        await this.#evict(eviction);
      }
      if (evictions.length < EVICTIONS_AT_ONCE) return;
      after = evictions.at(-1)?.position ?? after;
    }
  }

  async #evict(eviction: Eviction): Promise<void> {
    const { rooms, partitions, serverName } = this.#needs;
    const { roomId } = eviction;
    const room = await rooms.get(roomId);
    if (room) {
      for await (const members of rooms.memberships.inRoom(room.nid, "join")) {
        const local = members.map(({ userId }) => userId).filter((userId) => serverNameOf(userId) === serverName);
        for (const guest of await this.#store.guestsAmong(local)) {
          if (this.#isStopped) return;
          await this.#leave(roomId, guest);
        }
      }
    }
    await partitions.of(roomId).commit(roomId, (tx) => endEviction(tx, eviction));
  }

  async #leave(roomId: string, userId: string): Promise<void> {
    try {
      await this.#needs.rooms.write(roomId, (writer) => {
        // Guests may be welcome again by now.
        if (guestsMayJoin(writer) || membershipOf(writer.state("m.room.member", userId)) !== "join") return;
        writer.append({ type: "m.room.member", sender: userId, stateKey: userId, content: { membership: "leave" } });
      });
    } catch (error) {
      // A room that does not let go of one guest must not keep the others, nor those of other rooms.
      if (!(error instanceof MatrixError)) throw error;
    }
  }
}
