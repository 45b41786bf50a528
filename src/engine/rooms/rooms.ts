import { type BuiltEvent, buildEvent } from "../../protocol/events/build.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import type { Clock } from "../../clock.ts";
import { forbidden } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import type { Partitions } from "../partitions/partitions.ts";
import type { Tx } from "../partitions/tx.ts";
import { Turns } from "../turns.ts";
import { Erasures } from "./erasures.ts";
import { EventsMissing, EventsStore } from "./events.store.ts";
import { type MembershipsStore, membershipsStore, writeForgotten } from "./memberships.store.ts";
import type { EventDecorator } from "./decorator.ts";
import type { RoomFollower } from "./follower.ts";
import { LoadedRooms } from "./loaded-rooms.ts";
import { countMembers, NOBODY } from "./member-counts.ts";
import { NotLoaded } from "./not-loaded.ts";
import { EMPTY_HEAD, type MemberCounts, Room } from "./room.ts";
import { type EventDraft, RoomWriter } from "./room-writer.ts";
import { insertRoom } from "./rooms.store.ts";
import type { Signer } from "./signer.ts";
import { EMPTY_ROOT, keyOf } from "./state/node.ts";
import { StateNodes } from "./state/nodes.ts";
import { sortInTurns } from "./state/sort-in-turns.ts";
import { difference, getMany, NodesMissing } from "./state/trie.ts";
import type { StoredEvent } from "./stored-event.ts";
import { visibleTo } from "./visibility.ts";

/** Some milliseconds' work, for whoever tells the events. */
const STATE_PAGE = 100;
/** A state of more events than this is read without leaving them in memory. */
const LARGEST_KEPT_STATE = 2_000;
/** How often a computation may turn out to need more before something is wrong. */
const ATTEMPT_LIMIT = 100;

interface Needs {
  readonly sql: Sql;
  readonly partitions: Partitions;
  readonly signer: Signer;
  readonly clock: Clock;
  /** Rooms beyond so many leave memory, the least recently used first; 5,000 unless given. */
  readonly roomsInMemory?: number;
}

/** What a new room begins with. */
export interface NewRoom {
  readonly rules: RoomVersionRules;
  readonly creator: string;
  /** Content of the create event, `room_version` included. */
  readonly content: JsonObject;
  /** Whether the room directory shows it. */
  readonly isPublished: boolean;
  /** An ID of `newRoomId`, where it has to be known before; of no use where the ID is the create event's hash. */
  readonly roomId?: string;
}

/** An event of a state: under `type` and `stateKey` in the trie of `root`. */
export interface StateAddress {
  readonly root: string;
  readonly type: string;
  readonly stateKey: string;
}

/** All rooms of this server: who may say what, and in which order. */
export class Rooms {
  readonly events: EventsStore;
  readonly memberships: MembershipsStore;
  /** Who has asked for messages to be hidden. */
  readonly erasures: Erasures;
  /** What adds to events on their way to clients, in the order in which it came. */
  readonly decorators: EventDecorator[] = [];
  readonly #followers: RoomFollower[] = [];
  readonly #nodes: StateNodes;
  readonly #needs: Needs;
  readonly #loaded: LoadedRooms;
  /** The timestamp of the newest create event. */
  #createdAt = 0;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.events = new EventsStore(needs.sql);
    this.memberships = membershipsStore(needs.sql);
    this.erasures = new Erasures({
      sql: needs.sql,
      partitions: needs.partitions,
      stateEventsAt: async (addresses) => await this.stateEventsAt(addresses),
    });
    this.#nodes = new StateNodes(needs.sql);
    this.#loaded = new LoadedRooms({
      sql: needs.sql,
      events: this.events,
      nodes: this.#nodes,
      limit: needs.roomsInMemory,
    });
  }

  /** Lets a module write beside every event, from now on. */
  follow(follower: RoomFollower): void {
    this.#followers.push(follower);
  }

  /** Lets a module add to events as clients see them, from now on. */
  decorateWith(decorator: EventDecorator): void {
    this.decorators.push(decorator);
  }

  /** The room, if this server knows it. */
  async get(roomId: string): Promise<Room | undefined> {
    return this.#loaded.peek(roomId) ?? (await this.getMany([roomId]))[0];
  }

  /** Those of the rooms that this server knows, in the order asked for. Three queries for all that are not in memory. */
  async getMany(roomIds: readonly string[]): Promise<Room[]> {
    return await this.#loaded.get(roomIds);
  }

  /** @throws MatrixError `M_FORBIDDEN` for a room that nobody here knows: as for one that the user is not in. */
  async require(roomId: string): Promise<Room> {
    const room = await this.get(roomId);
    if (!room) throw forbidden("You are not in this room");
    return room;
  }

  /** Appends an event of a local user; resolves when it is durable. See `RoomWriter.append` for what it throws. */
  async send(roomId: string, draft: EventDraft): Promise<StoredEvent> {
    return await this.write(roomId, (writer) => writer.append(draft));
  }

  /** Runs a unit of work on a room in one transaction. `work` may run more than once before it succeeds. */
  async write<T>(roomId: string, work: (writer: RoomWriter, tx: Tx) => T): Promise<T> {
    return await this.#retry(async () => {
      const room = await this.require(roomId);
      return await this.#needs.partitions.of(roomId).commit(roomId, (tx) => {
        // It left memory meanwhile, and another may have been loaded in its place: two would fork the room.
        if (!this.#loaded.holds(room)) throw new StaleRoom();
        return this.#record(tx, room, work);
      });
    });
  }

  /** Makes a room with its create event and whatever `work` appends, in one transaction. */
  async create<T>(newRoom: NewRoom, work: (writer: RoomWriter, tx: Tx) => T): Promise<{ roomId: string; value: T }> {
    const create = this.#buildCreate(newRoom);
    const { roomId } = create;
    const value = await this.#needs.partitions
      .of(roomId)
      .commit(roomId, (tx) => this.#insert(tx, create, newRoom, work));
    return { roomId, value };
  }

  /** As `create`, as a part of a transaction: that of the room whose place the new one takes. */
  createIn<T>(tx: Tx, newRoom: NewRoom, work: (writer: RoomWriter, tx: Tx) => T): { roomId: string; value: T } {
    const create = this.#buildCreate(newRoom);
    return { roomId: create.roomId, value: this.#insert(tx, create, newRoom, work) };
  }

  /** Room versions 1 to 11: a room ID that nobody used before. */
  newRoomId(): string {
    return this.#needs.signer.newRoomId();
  }

  #buildCreate({ rules, creator, content, roomId }: NewRoom): BuiltEvent {
    const { signer, clock } = this.#needs;
    // Where the room ID is the hash of this event, two that are made in the same millisecond would be the same room.
    this.#createdAt = Math.max(clock.now(), this.#createdAt + 1);
    const draft = { type: "m.room.create", sender: creator, stateKey: "", content };
    return buildEvent(
      {
        ...draft,
        roomId: rules.roomIdIsCreateHash ? "" : (roomId ?? signer.newRoomId()),
        ...(rules.eventIdFormat === "opaque" ? { eventId: signer.newEventId() } : {}),
        prevEvents: [],
        authEvents: [],
        depth: 1,
        originServerTs: this.#createdAt,
      },
      rules,
      signer,
    );
  }

  #insert<T>(tx: Tx, create: BuiltEvent, { rules, isPublished }: NewRoom, work: (writer: RoomWriter, tx: Tx) => T): T {
    const { roomId } = create;
    const nid = tx.nextPosition();
    insertRoom(tx, { nid, roomId, version: rules.id, isPublished });
    const room = new Room(
      { roomId, nid, rules, isPublished, head: EMPTY_HEAD },
      { events: this.events, nodes: this.#nodes },
    );
    room.memberCounts = { joined: 0, invited: 0 };
    const result = this.#record(tx, room, (writer) => {
      writer.add(create, {});
      return work(writer, tx);
    });
    this.#loaded.keep(room);
    return result;
  }

  /** Computes something from a room's state in memory, loading what it turns out to need. */
  async read<T>(roomId: string, compute: (room: Room) => T): Promise<T> {
    return await this.#retry(async () => compute(await this.require(roomId)));
  }

  /** An event of a state. */
  async stateEvent(root: string, type: string, stateKey: string): Promise<StoredEvent | undefined> {
    return (await this.stateEventsAt([{ root, type, stateKey }]))[0];
  }

  /** Events of a state under several keys; those that are not set are left out. */
  async stateEvents(
    root: string,
    keys: readonly (readonly [type: string, stateKey: string])[],
  ): Promise<StoredEvent[]> {
    const found = await this.stateEventsAt(keys.map(([type, stateKey]) => ({ root, type, stateKey })));
    return found.filter((event) => event !== undefined);
  }

  /** Events of any states, in the order asked for. Cost: a query for every level of the tries, and one for the events. */
  async stateEventsAt(addresses: readonly StateAddress[]): Promise<(StoredEvent | undefined)[]> {
    const wanted = addresses.map(({ root, type, stateKey }) => ({ root, key: keyOf(type, stateKey) }));
    const positions = await this.#nodes.with((nodes) => getMany(nodes, wanted));
    const events = await this.events.byPositions(positions.filter((position) => position !== undefined));
    const byPosition = new Map(events.map((event) => [event.position, event]));
    return positions.map((position) => (position === undefined ? undefined : byPosition.get(position)));
  }

  /** All events of a state. Cost: all of them; mind the rooms with very many members. */
  async fullState(root: string): Promise<StoredEvent[]> {
    return (await Array.fromAsync(this.statePages(root))).flat();
  }

  /** All events of a state, page by page, the oldest first. Pages let others have their turn. */
  async *statePages(root: string): AsyncGenerator<readonly StoredEvent[]> {
    const positions = await sortInTurns(await this.#nodes.positionsIn(root));
    const isPassing = positions.length > LARGEST_KEPT_STATE;
    const turns = new Turns();
    for (let start = 0; start < positions.length; start += STATE_PAGE) {
      await turns.next();
      yield await this.events.byPositions([...positions.subarray(start, start + STATE_PAGE)], { isPassing });
    }
  }

  /** The events of a state that are no memberships, the oldest first. Cost: those. */
  async stateBesideMembers(root: string): Promise<StoredEvent[]> {
    return (await this.statesBesideMembers([root]))[0] ?? [];
  }

  /** The same for many states, with as many queries as for a few. */
  async statesBesideMembers(roots: readonly string[]): Promise<StoredEvent[][]> {
    const positions = await this.#nodes.positionsBesideMembers(roots);
    const sorted: Float64Array[] = [];
    for (const ofState of positions) sorted.push(await sortInTurns(ofState));
    const events = await this.events.byPositions(sorted.flatMap((ofState) => [...ofState]));
    const byPosition = new Map(events.map((event) => [event.position, event]));
    return sorted.map((ofState) => [...ofState].flatMap((position) => byPosition.get(position) ?? []));
  }

  /** What a later state has and an earlier one has not. */
  async stateSince(before: string, after: string): Promise<StoredEvent[]> {
    const found = await this.#nodes.with((nodes) => difference(nodes, before, after));
    const positions = found.map((change) => change.after).filter((position) => position !== undefined);
    return await this.events.byPositions(positions.toSorted((a, b) => a - b));
  }

  /** Root of the room's state as it was when the log stood at `position`. */
  async stateAt(room: Room, position: number): Promise<string> {
    if (position >= room.lastPosition) return room.publishedState;
    const stretch = { roomNid: room.nid, from: 0, to: position + 1, limit: 1 };
    return (await this.events.backwards(stretch))[0]?.roomState ?? EMPTY_ROOT;
  }

  /** How many are joined and invited. Cost: an index scan the first time; from then on the room itself counts. */
  async memberCounts(room: Room): Promise<MemberCounts> {
    return (await this.memberCountsOf([room])).get(room) ?? NOBODY;
  }

  /** The same for many rooms, with one query. */
  async memberCountsOf(list: readonly Room[]): Promise<ReadonlyMap<Room, MemberCounts>> {
    return await countMembers(this.memberships, list);
  }

  /** Those of the events, of whatever rooms, that a user may see. */
  async visibleTo(userId: string, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    return await visibleTo(this, userId, events);
  }

  /** Hides a room that the user has left. */
  async forget(roomId: string, userId: string): Promise<void> {
    const room = await this.require(roomId);
    await this.#needs.partitions.of(roomId).commit(roomId, (tx) => writeForgotten(tx, userId, room.nid));
  }

  #record<T>(tx: Tx, room: Room, work: (writer: RoomWriter, tx: Tx) => T): T {
    if (room.isStale) throw new StaleRoom();
    const { signer, clock } = this.#needs;
    const needs = { events: this.events, signer, now: clock.now(), followers: this.#followers };
    const writer = new RoomWriter(tx, room, this.#nodes.sink(tx), needs);
    const value = work(writer, tx);
    writer.finish();
    return value;
  }

  async #retry<T>(attempt: () => Promise<T>): Promise<T> {
    for (let attempts = 0; ; attempts++) {
      try {
        return await attempt();
      } catch (error) {
        if (attempts >= ATTEMPT_LIMIT) throw error;
        if (error instanceof NodesMissing) await this.#nodes.load(error.names);
        else if (error instanceof EventsMissing) await this.events.load(error.positions);
        else if (error instanceof NotLoaded) await error.load();
        else if (!(error instanceof StaleRoom)) throw error;
      }
    }
  }
}

/** The room in hand promised what never came to be: load it again. */
class StaleRoom extends Error {
  override readonly name = "StaleRoom";
}
