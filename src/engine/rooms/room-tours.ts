/*
 * How this works. What a user changes (a name, the end of the account) may have to be said in every room of the user, which
 * may be thousands. The transaction of the change also stores that a tour is to be made; who made it waits for the first
 * rooms at most. The tour goes from room to room in the order of their numbers and stores how far it came after every few,
 * so that it goes on after a crash: some rooms are then visited again, and visits must not mind. A change made meanwhile
 * begins the tour anew, under another `run`, with what holds then.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Sql } from "../../store/sql.ts";
import type { Tx } from "../partitions/tx.ts";
import {
  beginTour,
  endTour,
  listTours,
  nextStops,
  readTour,
  type StoredTour,
  type TourKey,
  type TourStop,
  writeReached,
} from "./room-tours.store.ts";

export type { TourKey, TourStop } from "./room-tours.store.ts";

/** What is done in some rooms. It may be done again, and must not fail for a room that does not take it. */
export type Visit = (userId: string, stops: readonly TourStop[], detail: string) => Promise<void>;

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  /** Takes care of work that nobody waits for: logs its failure. */
  readonly background: (name: string, work: Promise<void>) => void;
}

/** Rooms that are visited together: their commits are shared. */
const stopsAtOnce = 50;
/** Tours that go on at a time after a restart. */
const resumedAtOnce = 4;
const retryMs = 5_000;

/** Work on every room of a user, in the background and beyond a restart. */
export class RoomTours implements AsyncDisposable {
  readonly #needs: Needs;
  readonly #visits = new Map<string, Visit>();
  readonly #stopping = new AbortController();
  /** Tours under way, by key. */
  readonly #going = new Map<string, Promise<void>>();
  /** Tours begun here whose first rooms are still to be visited, by key: who waits for that. */
  readonly #waiting = new Map<string, { run: string; readonly resolve: (() => void)[] }>();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Says what tours of a kind do. Those of kinds that nobody knows wait. */
  onVisit(kind: string, visit: Visit): void {
    this.#visits.set(kind, visit);
  }

  /** Begins a tour as a part of a transaction; one of the kind that is under way begins anew. */
  beginIn(tx: Tx, key: TourKey, detail = ""): void {
    const run = randomUUID();
    beginTour(tx, { ...key, run, detail });
    tx.afterCommit(() => {
      if (!this.#visits.has(key.kind)) return;
      const waiting = this.#waiting.get(nameOf(key));
      if (waiting) waiting.run = run;
      else this.#waiting.set(nameOf(key), { run, resolve: [] });
      void this.#go(key);
    });
  }

  /** Resolves when a tour just begun has been in its first rooms, which for most users are all. */
  async firstRooms(key: TourKey): Promise<void> {
    const waiting = this.#waiting.get(nameOf(key));
    if (waiting) await new Promise<void>((resolve) => waiting.resolve.push(resolve));
  }

  /** Goes on with what a stop or a crash interrupted. */
  async resume(): Promise<void> {
    for (const kind of this.#visits.keys()) {
      for (let after = ""; !this.#stopping.signal.aborted; ) {
        const userIds = await listTours(this.#needs.sql, kind, after, resumedAtOnce);
        await Promise.all(userIds.map(async (userId) => await this.#go({ kind, userId })));
        const last = userIds.at(-1);
        if (last === undefined) break;
        after = last;
      }
    }
  }

  /** Resolves when no tour is under way. */
  async settled(): Promise<void> {
    while (this.#going.size > 0) await Promise.all(this.#going.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.settled();
  }

  /** Runs the tour unless it runs; resolves when it has ended, or when the server stops. */
  #go(key: TourKey): Promise<void> {
    const name = nameOf(key);
    const going = this.#going.get(name) ?? this.#run(key);
    this.#going.set(name, going);
    return going;
  }

  async #run(key: TourKey): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const tour = await readTour(this.#needs.sql, key);
        if (tour) await this.#step(tour);
        // What was begun while the last look was on its way has somebody waiting for it.
        else if (!this.#waiting.has(nameOf(key))) break;
        else this.#arrived(key);
      } catch (error) {
        this.#arrived(key);
        this.#needs.background(`tour of rooms: ${key.kind}`, Promise.reject(error));
        await pause(retryMs, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
      }
    }
    // At once with the last look: what is begun from now on runs anew.
    this.#going.delete(nameOf(key));
    this.#arrived(key);
  }

  async #step(tour: StoredTour): Promise<void> {
    const { sql, partitions } = this.#needs;
    const { kind, userId, detail, reached } = tour;
    const stops = await nextStops(sql, userId, reached, stopsAtOnce);
    if (stops.length > 0) await this.#visits.get(kind)?.(userId, stops, detail);
    const last = stops.at(-1);
    const isDone = last === undefined || stops.length < stopsAtOnce;
    await partitions.of(userId).commit(userId, (tx) => {
      if (isDone) endTour(tx, tour);
      else writeReached(tx, tour, last.roomNid);
    });
    this.#arrived(tour, tour.run);
  }

  /** Tells those who wait for the first rooms; with a `run`, only if it is the newest. */
  #arrived(key: TourKey, run?: string): void {
    const waiting = this.#waiting.get(nameOf(key));
    if (!waiting || (run !== undefined && run !== waiting.run)) return;
    this.#waiting.delete(nameOf(key));
    for (const resolve of waiting.resolve) resolve();
  }
}

/** NUL stands in no user ID. */
const nameOf = ({ kind, userId }: TourKey): string => `${kind}\0${userId}`;
