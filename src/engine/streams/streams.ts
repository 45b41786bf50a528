/*
 * Who follows what. Every user with a client that syncs has a feed; a room knows the feeds of its joined members. An
 * announcement of a partition goes to the feeds concerned, and when all of it is told, those that got something wake.
 * The cost of a message is the number of members who listen, not of all members.
 */
import type { Announcement, Bus } from "../../bus/bus.ts";
import type { Change } from "../../bus/change.ts";
import type { Clock } from "../../clock.ts";
import type { Partitions } from "../partitions/partitions.ts";
import { isEventChange } from "../rooms/event-change.ts";
import type { MembershipsStore } from "../rooms/memberships.store.ts";
import { Feed } from "./feed.ts";
import type { SyncToken } from "./sync-token.ts";

const FEED_LIMIT = 50_000;
const IDLE_MS = 10 * 60_000;
/** When there are too many, so much idleness is enough: longer than a request holds a feed without waiting on it. */
const IDLE_IN_A_CROWD_MS = 30_000;
const SWEEP_MS = 60_000;
/** The same, when there are too many. */
const SWEEP_IN_A_CROWD_MS = 1_000;

const nobody: ReadonlySet<Feed> = new Set();

interface Needs {
  readonly bus: Bus;
  readonly partitions: Pick<Partitions, "position">;
  readonly memberships: Pick<MembershipsStore, "ofUser">;
  readonly clock: Clock;
  /** More feeds than this are kept only while they are in use; 50,000 unless given. */
  readonly feedLimit?: number;
}

/** A feed of one room, which belongs to no user. */
export interface WatchedRoom extends Disposable {
  readonly feed: Feed;
}

/** What clients may follow, and the waking of those who wait. */
export class Streams {
  readonly #needs: Needs;
  readonly #feeds = new Map<string, Feed>();
  readonly #watchers = new Map<string, Set<Feed>>();
  #ephemeral: number;
  #position: number;
  #sweptAt: number;

  constructor(needs: Needs) {
    this.#needs = needs;
    // Greater than any serial of an earlier run, since those count from an earlier time.
    this.#ephemeral = needs.clock.now();
    this.#sweptAt = this.#ephemeral;
    this.#position = needs.partitions.position;
    needs.bus.subscribe((announcement) => this.#tell(announcement));
  }

  /** Where everything stands that the feeds know. */
  get now(): SyncToken {
    return { position: this.#position, ephemeral: this.#ephemeral };
  }

  get feedCount(): number {
    return this.#feeds.size;
  }

  /** Whether a client of the user has synced lately. */
  isFollowed(userId: string): boolean {
    return this.#feeds.has(userId);
  }

  /** The feed of a user. The first call for a user reads the rooms that the user is in. */
  async feed(userId: string): Promise<Feed> {
    const now = this.#needs.clock.now();
    const feed = this.#feeds.getOrInsertComputed(userId, () => new Feed(userId, now));
    feed.lastUsedAt = now;
    const isCrowd = this.#feeds.size > (this.#needs.feedLimit ?? FEED_LIMIT);
    if (isCrowd && now - this.#sweptAt >= SWEEP_IN_A_CROWD_MS) this.#sweep(IDLE_IN_A_CROWD_MS);
    if (!feed.isComplete) await this.#complete(feed);
    return feed;
  }

  /** Tells the members of a room, or one user, of something that is never stored. */
  publishEphemeral(change: Change): void {
    const serial = ++this.#ephemeral;
    const feeds = this.#followersOf(change);
    for (const feed of feeds) feed.addEphemeral(serial, change);
    this.wake(feeds);
  }

  /** The feed of a user whose client has synced lately, with the rooms that the user is joined to. */
  followed(userId: string): Feed | undefined {
    const feed = this.#feeds.get(userId);
    return feed?.isComplete ? feed : undefined;
  }

  /** The feeds of those who follow a room. */
  followersIn(roomId: string): ReadonlySet<Feed> {
    return this.#watchers.get(roomId) ?? nobody;
  }

  /**
   * A feed of one room, from now on, for who watches it without being its member. It is kept until it is disposed of, and
   * no longer than a request takes.
   */
  watch(roomId: string): WatchedRoom {
    const feed = new Feed("", this.#needs.clock.now());
    feed.completeFrom(this.now);
    this.#watch(feed, roomId);
    return { feed, [Symbol.dispose]: () => this.#stopTelling(feed, roomId) };
  }

  /**
   * Notes in feeds a change of which only the latest of its kind matters. Wakes nobody: see `wake`.
   * @returns its serial: tokens below it do not have the change
   */
  noteLatest(feeds: Iterable<Feed>, change: Change): number {
    const serial = ++this.#ephemeral;
    for (const feed of feeds) feed.addLatest(serial, change);
    return serial;
  }

  /** Lets those who wait look at what changed. */
  wake(feeds: Iterable<Feed>): void {
    for (const feed of feeds) {
      // The request that waited goes on to use it.
      if (feed.isWaitedFor) feed.lastUsedAt = this.#needs.clock.now();
      feed.wake();
    }
  }

  async #complete(feed: Feed): Promise<void> {
    for (;;) {
      const { membershipChangeCount } = feed;
      const memberships = await this.#needs.memberships.ofUser(feed.userId);
      if (feed.isComplete) return;
      // What was read is outdated: the user may have left a room that stands there.
      if (feed.membershipChangeCount !== membershipChangeCount) continue;
      for (const { roomId, membership } of memberships) if (membership === "join") this.#watch(feed, roomId);
      feed.completeFrom(this.now);
      return;
    }
  }

  #tell({ position, changes }: Announcement): void {
    const woken = new Set<Feed>();
    for (const change of changes) {
      const apart = this.#follow(change);
      for (const feed of this.#followersOf(change)) {
        feed.add(change);
        woken.add(feed);
      }
      if (apart) {
        apart.add(change);
        woken.add(apart);
      }
    }
    this.#position = position;
    this.wake(woken);
    if (this.#needs.clock.now() - this.#sweptAt > SWEEP_MS) this.#sweep(IDLE_MS);
  }

  #followersOf({ roomId, userId }: Change): Iterable<Feed> {
    if (userId !== undefined) {
      const feed = this.#feeds.get(userId);
      return feed ? [feed] : [];
    }
    return (roomId !== undefined && this.#watchers.get(roomId)) || [];
  }

  /**
   * Lets the feed of a member follow the membership. Gives back that feed when it does not watch the room afterwards: it
   * is told of this change all the same.
   */
  #follow(change: Change): Feed | undefined {
    if (!isEventChange(change) || change.event.pdu.type !== "m.room.member") return undefined;
    const feed = this.#feeds.get(change.event.stateKey ?? "");
    if (!feed) return undefined;
    feed.membershipChangeCount++;
    if (change.event.pdu.content["membership"] === "join") {
      this.#watch(feed, change.roomId);
      return undefined;
    }
    this.#unwatch(feed, change.roomId);
    return feed;
  }

  #watch(feed: Feed, roomId: string): void {
    feed.rooms.add(roomId);
    this.#watchers.getOrInsertComputed(roomId, () => new Set()).add(feed);
  }

  #unwatch(feed: Feed, roomId: string): void {
    feed.rooms.delete(roomId);
    this.#stopTelling(feed, roomId);
  }

  #stopTelling(feed: Feed, roomId: string): void {
    const watchers = this.#watchers.get(roomId);
    watchers?.delete(feed);
    if (watchers?.size === 0) this.#watchers.delete(roomId);
  }

  /** Drops the feeds that nobody used for so long. */
  #sweep(idleMs: number): void {
    const now = this.#needs.clock.now();
    this.#sweptAt = now;
    for (const feed of this.#feeds.values()) {
      if (feed.isWaitedFor || now - feed.lastUsedAt < idleMs) continue;
      for (const roomId of feed.rooms) this.#stopTelling(feed, roomId);
      this.#feeds.delete(feed.userId);
    }
  }
}
