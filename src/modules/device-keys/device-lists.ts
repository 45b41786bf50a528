/*
 * Whose devices changed. A change is one row of its user, with the position of the last one: `/keys/changes` and a sync
 * from before this process look there. All others look into memory: changes come by the bus, in the order of the log, and
 * with each of them the rooms of its user. So a sync knows without the database whether it has anything to tell, and those
 * who wait are woken. That wake-up may come later than the change: what is told is decided by positions alone.
 */
import type { Bus } from "../../bus/bus.ts";
import type { Change } from "../../bus/change.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { type EventChange, isEventChange } from "../../engine/rooms/event-change.ts";
import type { EventsStore } from "../../engine/rooms/events.store.ts";
import { type MembershipsStore, parseMembership } from "../../engine/rooms/memberships.store.ts";
import type { Feed } from "../../engine/streams/feed.ts";
import type { Streams } from "../../engine/streams/streams.ts";
import { Turns } from "../../engine/turns.ts";
import type { Sql } from "../../store/sql.ts";
import { readChangedSince, readJoinedRooms, writeChange } from "./device-lists.store.ts";
import { type Mover, Movers } from "./movers.ts";
import { type RecentChange, RecentChanges } from "./recent-changes.ts";
import { sharingSince } from "./sharing.ts";

/** A change of a device list. `userId` is the user who is told: the one whose list it is, unless it is told to one alone. */
interface DeviceListChange extends Change {
  readonly kind: "device_lists";
  readonly userId: string;
  readonly changedUserId: string;
  readonly isForAll: boolean;
}

/** Whose device lists changed, and with whom no room is shared any more. */
export interface DeviceListNews {
  readonly changed: readonly string[];
  readonly left: readonly string[];
}

interface Needs {
  readonly sql: Sql;
  readonly bus: Pick<Bus, "subscribe">;
  readonly partitions: Pick<Partitions, "position">;
  readonly memberships: Pick<MembershipsStore, "inRoom" | "ofUser">;
  readonly events: Pick<EventsStore, "byPositions">;
  readonly streams: Pick<Streams, "followed" | "followersIn" | "noteLatest" | "wake">;
  readonly background: (name: string, work: Promise<void>) => void;
}

const NOBODY: ReadonlyMap<string, Mover> = new Map();
const NOTE = { kind: "device_lists", position: 0 };

/** The device lists: what users' devices and cross-signing keys are. */
export class DeviceLists implements Disposable {
  readonly #needs: Needs;
  readonly #recent: RecentChanges;
  readonly #movers: Movers;
  readonly #unsubscribe: () => void;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#recent = new RecentChanges(needs.partitions.position);
    this.#movers = new Movers(needs);
    this.#unsubscribe = needs.bus.subscribe(({ changes }) => {
      for (const change of changes) if (isDeviceListChange(change) && change.isForAll) this.#follow(change);
    });
  }

  /** Tells all who share a room with the user, and the user's own devices, that the user's devices or keys changed. */
  announce(tx: Tx, userId: string): void {
    const position = tx.nextPosition();
    writeChange(tx, userId, undefined, position);
    tx.publish(changeOf({ userId, changedUserId: userId, isForAll: true, position }));
  }

  /** Tells one user that somebody's keys (or the user's own) look different, to that user alone. */
  announceTo(tx: Tx, recipient: string, changedUserId: string): void {
    const position = tx.nextPosition();
    writeChange(tx, changedUserId, recipient, position);
    tx.publish(changeOf({ userId: recipient, changedUserId, isForAll: false, position }));
  }

  /** Whether there may be changes after a position that no feed tells of. */
  isDue(userId: string, position: number): boolean {
    if (!this.#recent.knowsSince(position)) return true;
    const rooms = this.#needs.streams.followed(userId)?.rooms;
    return this.#recent.since(position).some((change) => mayConcern(change, userId, rooms));
  }

  /**
   * What happened after a position, for one user. `changes` are those of the user's feed since then, if it knows.
   * @see https://spec.matrix.org/v1.19/client-server-api/#tracking-the-device-list-for-a-user
   */
  async since(userId: string, position: number, changes?: readonly Change[]): Promise<DeviceListNews> {
    if (changes && !changes.some(mayMove))
      return { changed: [...new Set(await this.#changedAmong(userId, position, changes))], left: [] };
    const news = changes && (await this.#sinceOthersMoved(userId, position));
    if (news) return news;
    // The rooms of a change are not those of now: somebody may have changed outside and come in.
    const changed = new Set(await readChangedSince(this.#needs.sql, userId, position));
    const { joined, left } = await sharingSince(this.#needs, userId, position);
    return { changed: [...changed.union(joined).difference(left)], left: [...left] };
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
  }

  /** The same when others came or went, and the user did not; `undefined` where memory does not know enough. */
  async #sinceOthersMoved(userId: string, position: number): Promise<DeviceListNews | undefined> {
    const feed = this.#needs.streams.followed(userId);
    // Taken at the same moment: up to these changes the user was in these rooms.
    const changes = feed?.changesSince({ position, ephemeral: Number.MAX_SAFE_INTEGER });
    const rooms = new Set(feed?.rooms);
    const moves = changes?.filter(mayMove);
    if (!changes || !moves || moves.some(({ event }) => event.stateKey === userId)) return undefined;
    const movers = await this.#movers.of(moves, { rooms, position });
    if (!movers) return undefined;
    const joined = [...movers.values()].filter(({ isSharing, wasSharing }) => isSharing && !wasSharing);
    const left = new Set(
      [...movers.values()].filter((each) => each.wasSharing && !each.isSharing).map((each) => each.userId),
    );
    const changed = new Set(await this.#changedAmong(userId, position, changes, movers));
    for (const mover of joined) changed.add(mover.userId);
    return { changed: [...changed.difference(left)], left: [...left] };
  }

  /** Whose device lists changed. Of those who moved it is told if they share a room now. */
  async #changedAmong(
    userId: string,
    position: number,
    changes: readonly Change[],
    movers: ReadonlyMap<string, Mover> = NOBODY,
  ): Promise<string[]> {
    const feed = this.#needs.streams.followed(userId);
    if (feed) {
      const recent = [...this.#recent.since(position)];
      await Promise.all(recent.map(({ isReady }) => isReady));
      const own = changes.filter(isDeviceListChange).map(({ changedUserId }) => changedUserId);
      const concerns = (change: RecentChange): boolean =>
        movers.get(change.userId)?.isSharing ?? mayConcern(change, userId, feed.rooms);
      const others = recent.filter(concerns).map((change) => change.userId);
      // Asked last: a change whose rooms could not be looked up is not there.
      if (this.#recent.knowsSince(position)) return [...own, ...others];
    }
    return await readChangedSince(this.#needs.sql, userId, position);
  }

  #follow({ position, userId }: DeviceListChange): void {
    const feed = this.#needs.streams.followed(userId);
    const change: RecentChange = { position, userId, rooms: feed && new Set(feed.rooms), isReady: Promise.resolve() };
    if (!feed) change.isReady = this.#lookUp(change);
    this.#recent.add(change);
    this.#needs.background("device-lists", this.#tell(change));
  }

  /** Nobody keeps up the rooms of one who does not sync: the database knows. */
  async #lookUp(change: RecentChange): Promise<void> {
    try {
      change.rooms = await readJoinedRooms(this.#needs.sql, change.userId);
    } catch (error) {
      this.#recent.forgetUpTo(change.position);
      this.#needs.background("device-lists", Promise.reject(error));
    }
  }

  async #tell(change: RecentChange): Promise<void> {
    await change.isReady;
    const { streams } = this.#needs;
    const feeds = new Set<Feed>();
    const turns = new Turns();
    for (const roomId of change.rooms ?? []) {
      await turns.next();
      for (const feed of streams.followersIn(roomId)) if (feed.userId !== change.userId) feeds.add(feed);
    }
    streams.noteLatest(feeds, NOTE);
    streams.wake(feeds);
  }
}

const changeOf = (change: Omit<DeviceListChange, "kind">): DeviceListChange => ({ kind: "device_lists", ...change });

/** Not so for what is noted in feeds, which says only that there is something to look at. */
const isDeviceListChange = (change: Change): change is DeviceListChange =>
  change.kind === "device_lists" && change.userId !== undefined;

function mayConcern(change: RecentChange, userId: string, rooms: ReadonlySet<string> | undefined): boolean {
  if (change.userId === userId || !change.rooms || !rooms) return true;
  return !change.rooms.isDisjointFrom(rooms);
}

/** Whether somebody may have come to a room or gone; who is invited was not there before. */
export function mayMove(change: Change): change is EventChange {
  if (!isEventChange(change) || change.event.pdu.type !== "m.room.member") return false;
  return ["join", "leave", "ban"].includes(parseMembership(change.event.pdu.content["membership"]));
}
