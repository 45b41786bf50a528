/**
 * Tells those who share a room with a user that the user's presence changed.
 *
 * A change is noted in the feeds of the followers of the user's rooms, once for each, and all changes of a second
 * together: what is noted is that there is something to ask for, and a sync asks when it is made. Those who wait are
 * woken a few at a time, in turn: in a crowd, presence comes a little later, often with the next message, and never costs
 * more than so many answers a second.
 */
import type { Clock } from "../../clock.ts";
import type { Feed } from "../../engine/streams/feed.ts";
import type { Streams } from "../../engine/streams/streams.ts";
import { ChangeLog } from "./change-log.ts";
import type { Person } from "./person.ts";

const PAUSE_MS = 1_000;
/** Long polls that are woken at once. */
const WOKEN_AT_ONCE = 50;
/** Feeds looked at in one go: some milliseconds of work. Rooms beyond that have their turn after the pause. */
const VISITED_AT_ONCE = 20_000;

const CHANGE = { kind: "presence", position: 0 };

/** What the teller asks of the streams. */
export type TellerStreams = Pick<Streams, "followed" | "followersIn" | "noteLatest" | "wake">;

interface Needs {
  readonly streams: TellerStreams;
  readonly clock: Clock;
}

export class Teller {
  readonly log = new ChangeLog();
  readonly #needs: Needs;
  readonly #changed = new Set<Person>();
  /** Rooms in which somebody changed; with the feed of the one who did, when it is only one: it knows already. */
  readonly #rooms = new Map<string, Feed | undefined>();
  /** Those who wait and have something to be told, the longest first. */
  readonly #toWake = new Set<Feed>();
  #toldAt = 0;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Whether there is more to do after the pause. */
  get isBusy(): boolean {
    return this.#changed.size > 0 || this.#toWake.size > 0;
  }

  /** The user's presence changed. The user's own devices are told at once, or, `quietly`, by their next answer. */
  changed(person: Person, quietly: boolean): void {
    const { streams, clock } = this.#needs;
    const feed = streams.followed(person.userId);
    const own = feed ? [feed] : [];
    this.log.record(person, streams.noteLatest(own, CHANGE));
    if (!quietly) streams.wake(own);
    for (const roomId of person.rooms) this.#rooms.set(roomId, this.#rooms.has(roomId) ? undefined : feed);
    this.#changed.add(person);
    if (clock.now() - this.#toldAt >= PAUSE_MS) this.tell();
  }

  /** Tells what changed since the last time. To be called once a second while there is something to do. */
  tell(): void {
    this.#toldAt = this.#needs.clock.now();
    if (this.#changed.size > 0) this.#note();
    const woken: Feed[] = [];
    for (const feed of this.#toWake) {
      if (woken.length === WOKEN_AT_ONCE) break;
      this.#toWake.delete(feed);
      if (feed.isWaitedFor) woken.push(feed);
    }
    this.#needs.streams.wake(woken);
  }

  /** The user is being told: no need to wake for it. */
  isTold(feed: Feed): void {
    this.#toWake.delete(feed);
  }

  #note(): void {
    const { streams } = this.#needs;
    const feeds = new Set<Feed>();
    let visited = 0;
    for (const [roomId, knowing] of this.#rooms) {
      if (visited > VISITED_AT_ONCE) break;
      this.#rooms.delete(roomId);
      const followers = streams.followersIn(roomId);
      visited += followers.size;
      for (const feed of followers) if (feed !== knowing) feeds.add(feed);
    }
    const serial = streams.noteLatest(feeds, CHANGE);
    // Until the last of their rooms is told, each time anew: for a client they must be later than its token.
    for (const person of this.#changed) this.log.record(person, serial);
    if (this.#rooms.size === 0) this.#changed.clear();
    for (const feed of feeds) if (feed.isWaitedFor) this.#toWake.add(feed);
  }
}
