import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import type { EventsStore } from "./events.store.ts";
import { type Membership, parseMembership } from "./memberships.store.ts";
import { EMPTY_ROOT, keyOf } from "./state/node.ts";
import { get, type NodeSource } from "./state/trie.ts";
import type { StoredEvent } from "./stored-event.ts";

const RECENT_EVENTS = 64;
const REMEMBERED_STATE = 2_000;

/** Where a room stands: what the next event is built on. */
export interface Head {
  /** Root of the current state. */
  readonly state: string;
  /** The forward extremities. */
  readonly extremities: readonly StoredEvent[];
}

export interface MemberCounts {
  readonly joined: number;
  readonly invited: number;
}

export const EMPTY_HEAD: Head = { state: EMPTY_ROOT, extremities: [] };

interface Needs {
  readonly events: EventsStore;
  readonly nodes: NodeSource;
}

interface RoomParts {
  readonly roomId: string;
  readonly nid: number;
  readonly rules: RoomVersionRules;
  readonly isPublished: boolean;
  readonly head: Head;
}

/**
 * A room in memory. Its head may be ahead of the database by what is on its way there; `recent` and `lastPosition` tell
 * only what is durable.
 */
export class Room {
  readonly roomId: string;
  readonly nid: number;
  readonly rules: RoomVersionRules;
  /** Whether the room directory shows it. As the head it may be ahead of the database. */
  isPublished: boolean;
  /** Transactions on their way: a room with some must not leave memory. */
  pendingCount = 0;
  /** Set when a transaction failed: the head promised too much, the room must be loaded again. */
  isStale = false;
  /** Position of the last durable event in the timeline. */
  lastPosition: number;
  /** Root of the current state, as far as it is durable. */
  publishedState: string;
  /** How many are joined and invited, by what is durable; `undefined` until somebody counted. */
  memberCounts: MemberCounts | undefined;
  /** Transactions on their way that change memberships: what the database counts may hold them or not. */
  pendingMembershipCount = 0;
  /** How many such transactions there were, those on their way included. */
  membershipChangeCount = 0;
  #head: Head;
  readonly #needs: Needs;
  readonly #state = new Map<string, StoredEvent | undefined>();
  #recent: StoredEvent[] = [];
  /** All that came after this position is in `#recent`. */
  #recentAfter: number;

  constructor(record: RoomParts, needs: Needs) {
    this.roomId = record.roomId;
    this.nid = record.nid;
    this.rules = record.rules;
    this.isPublished = record.isPublished;
    this.#head = record.head;
    this.#needs = needs;
    this.lastPosition = record.head.extremities.reduce((last, event) => Math.max(last, event.position), 0);
    this.publishedState = record.head.state;
    this.#recentAfter = this.lastPosition;
  }

  get head(): Head {
    return this.#head;
  }

  /** Moves the head. `changed` are the state events by which the new state differs from the old. */
  advance(head: Head, changed: readonly StoredEvent[]): void {
    this.#head = head;
    for (const event of changed) this.#state.set(memoKey(event.pdu.type, event.stateKey ?? ""), event);
  }

  /**
   * An event of the current state.
   * @throws NodesMissing, EventsMissing: load and ask again (`Rooms.read` and `Rooms.write` do).
   */
  state(type: string, stateKey: string): StoredEvent | undefined {
    const key = memoKey(type, stateKey);
    const known = this.#state.get(key);
    if (known || this.#state.has(key)) return known;
    const position = get(this.#needs.nodes, this.#head.state, keyOf(type, stateKey));
    const event = position === undefined ? undefined : this.#needs.events.need(position);
    if (this.#state.size >= REMEMBERED_STATE) this.#state.clear();
    this.#state.set(key, event);
    return event;
  }

  /** Another version (redacted) of an event that the room may have in memory. */
  replace(event: StoredEvent): void {
    if (event.stateKey !== undefined) {
      const key = memoKey(event.pdu.type, event.stateKey);
      if (this.#state.get(key)?.position === event.position) this.#state.set(key, event);
    }
    this.#recent = this.#recent.map((known) => (known.position === event.position ? event : known));
  }

  /** Takes a durable event into the timeline that readers see. `replaced`: the state event whose place it took. */
  publish(event: StoredEvent, replaced: StoredEvent | undefined): void {
    this.lastPosition = event.position;
    this.publishedState = event.roomState;
    if (isMembership(event) && this.memberCounts) {
      this.memberCounts = adjust(this.memberCounts, membershipIn(replaced), membershipIn(event));
    }
    this.#recent.push(event);
    if (this.#recent.length <= 2 * RECENT_EVENTS) return;
    const dropped = this.#recent.splice(0, RECENT_EVENTS);
    this.#recentAfter = dropped.at(-1)?.position ?? this.#recentAfter;
  }

  /** The last durable events of the timeline, the earliest first; `undefined` when fewer are in memory. */
  recentLast(count: number): readonly StoredEvent[] | undefined {
    return this.#recent.length >= count ? this.#recent.slice(-count) : undefined;
  }

  /** The timeline after a position, the earliest first; `undefined` when not all of it is in memory. */
  recentAfter(position: number): readonly StoredEvent[] | undefined {
    if (position < this.#recentAfter) return undefined;
    if (position >= this.lastPosition) return [];
    return this.#recent.filter((event) => event.position > position);
  }
}

/** Whether the event says what somebody is to the room. */
export const isMembership = ({ pdu, stateKey }: StoredEvent): boolean =>
  pdu.type === "m.room.member" && stateKey !== undefined;

const membershipIn = (event: StoredEvent | undefined): Membership => parseMembership(event?.pdu.content["membership"]);

function adjust({ joined, invited }: MemberCounts, before: Membership, after: Membership): MemberCounts {
  const change = (membership: Membership): number => Number(after === membership) - Number(before === membership);
  return { joined: joined + change("join"), invited: invited + change("invite") };
}

const memoKey = (type: string, stateKey: string): string => `${type}\u0000${stateKey}`;
