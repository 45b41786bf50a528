/*
 * Whose devices changed. A change is one row of its user, with the position of the last one: `/keys/changes` and a sync
 * from before this process look there. All others look into memory: changes come by the bus, in the order of the log, and
 * with each of them the rooms of its user. So a sync knows without the database whether it has anything to tell, and those
 * who wait are woken. That wake-up may come later than the change: what is told is decided by positions alone. It is what
 * was so at the position up to which is told: who comes or goes while the answer is made is told with the next one.
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
import { readChangedSince, readRoomsSince, writeChange } from "./device-lists.store.ts";
import { type Mover, Movers } from "./movers.ts";
import { type RecentChange, RecentChanges } from "./recent-changes.ts";
import { sharingBetween } from "./sharing.ts";

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

/** Two positions. */
interface Span {
  readonly from: number;
  readonly until: number;
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
   * What happened between two positions, for one user. `isInFeed` says that the user's feed knows.
   * Changes of lists after the second may be among it.
   * @see https://spec.matrix.org/v1.19/client-server-api/#tracking-the-device-list-for-a-user
   */
  async between(userId: string, { from, until }: Span, { isInFeed = false } = {}): Promise<DeviceListNews> {
    const remembered = isInFeed ? await this.#remembered(userId, { from, until }) : undefined;
    if (remembered) return remembered;
    // The rooms of a change are not those of now: somebody may have changed outside and come in.
    const lists = await readChangedSince(this.#needs.sql, userId, from);
    const candidates = lists.map((list) => list.userId);
    const { joined, left, shared } = await sharingBetween(this.#needs, userId, { from, until, candidates });
    const changed = new Set(
      lists.filter((list) => list.isOwn === 1 || shared.has(list.userId)).map((list) => list.userId),
    );
    return { changed: [...changed.union(joined).difference(left)], left: [...left] };
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
  }

  /** The same from memory, while the user itself neither came nor went; `undefined` when only the database knows. */
  async #remembered(userId: string, { from, until }: Span): Promise<DeviceListNews | undefined> {
    const feed = this.#needs.streams.followed(userId);
    // Taken at the same moment: up to these changes the user was in these rooms.
    const changes = feed?.changesSince({ position: from, ephemeral: Number.MAX_SAFE_INTEGER });
    const rooms = new Set(feed?.rooms);
    const moves = changes?.filter(mayMove) ?? [];
    if (!changes || moves.some(({ event }) => event.stateKey === userId || event.position > until)) return undefined;
    const movers = moves.length === 0 ? NOBODY : await this.#movers.of(moves, { rooms, from, until });
    const lists =
      movers && (await this.#changedLists(from, (change) => isConcerned(change, userId, { rooms, movers })));
    if (!lists) return undefined;
    const own = changes.filter(isDeviceListChange).map(({ changedUserId }) => changedUserId);
    const joined = [...movers.values()].filter((each) => each.isSharing && !each.wasSharing);
    const gone = [...movers.values()].filter((each) => each.wasSharing && !each.isSharing);
    const left = new Set(gone.map((each) => each.userId));
    const changed = new Set([...own, ...lists, ...joined.map((each) => each.userId)]);
    return { changed: [...changed.difference(left)], left: [...left] };
  }

  /** Whose lists changed, of those that concern somebody; `undefined` when it is not known of all whether they do. */
  async #changedLists(
    from: number,
    concerns: (change: RecentChange) => boolean | undefined,
  ): Promise<string[] | undefined> {
    const recent = [...this.#recent.since(from)];
    await Promise.all(recent.map(({ isReady }) => isReady));
    const changed: string[] = [];
    for (const change of recent) {
      const isConcerning = concerns(change);
      if (isConcerning === undefined) return undefined;
      if (isConcerning) changed.push(change.userId);
    }
    // Asked last: a change whose rooms could not be looked up is not there.
    return this.#recent.knowsSince(from) ? changed : undefined;
  }

  #follow({ position, userId }: DeviceListChange): void {
    const feed = this.#needs.streams.followed(userId);
    const rooms = feed && new Set(feed.rooms);
    const change: RecentChange = { position, userId, rooms, isVague: false, isReady: Promise.resolve() };
    if (!feed) change.isReady = this.#lookUp(change);
    this.#recent.add(change);
    this.#needs.background("device-lists", this.#tell(change));
  }

  /** Nobody keeps up the rooms of one who does not sync: the database knows. */
  async #lookUp(change: RecentChange): Promise<void> {
    try {
      const rooms = await readRoomsSince(this.#needs.sql, change.userId, change.position);
      change.isVague = rooms.some(({ position }) => position > change.position);
      change.rooms = new Set(rooms.map(({ roomId }) => roomId));
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

/** Whether a user is told of a change, who was in these rooms all the time; `undefined` when that is not known. */
function isConcerned(
  change: RecentChange,
  userId: string,
  { rooms, movers }: { readonly rooms: ReadonlySet<string>; readonly movers: ReadonlyMap<string, Mover> },
): boolean | undefined {
  const mover = movers.get(change.userId);
  if (mover) return mover.isSharing;
  if (!mayConcern(change, userId, rooms)) return false;
  return change.userId !== userId && change.isVague ? undefined : true;
}

/** Whether somebody may have come to a room or gone; who is invited was not there before. */
export function mayMove(change: Change): change is EventChange {
  if (!isEventChange(change) || change.event.pdu.type !== "m.room.member") return false;
  return ["join", "leave", "ban"].includes(parseMembership(change.event.pdu.content["membership"]));
}
