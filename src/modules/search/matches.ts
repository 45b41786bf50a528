import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { type Access, accessTo, visibleEvents } from "../../engine/rooms/visibility.ts";
import { Turns } from "../../engine/turns.ts";
import type { Hit, SearchIndex } from "./search-index.ts";
import { searchedText } from "./searched-text.ts";
import { rankOf, type SearchTerm } from "./search-term.ts";
import type { RoomIds } from "./searchable-rooms.ts";
import { type SearchKey, TEXT_LIMIT, tokenQuery } from "./tokens.ts";

/** Hits that are read from the index at once. */
const HITS_AT_ONCE = 500;
/** Events that are read at once: some milliseconds. */
const EVENTS_AT_ONCE = 100;
/** Events whose visibility is decided at once: each may have been sent in a state of its own. */
const JUDGED_AT_ONCE = 20;
/** Hits that are looked at for one window: some are in rooms of others, or only like what is searched. */
const HITS_LIMIT = 5_000;

/** An event that was found. */
export interface Match {
  readonly event: StoredEvent;
  /** Above zero; more is better. */
  readonly rank: number;
}

/** Matches of a part of the log. */
export interface Window {
  /** The newest first. */
  readonly matches: readonly Match[];
  /** Where to go on: before this position there may be more. `undefined` when there are none. */
  readonly next: number | undefined;
}

/** What is searched, where, and for whom. */
export interface Wanted {
  readonly userId: string;
  readonly term: SearchTerm;
  readonly keys: readonly SearchKey[];
  readonly rooms: RoomIds;
  /** By type, sender and content. */
  readonly keeps: (event: StoredEvent) => boolean;
  readonly signal: AbortSignal;
}

interface Needs {
  readonly rooms: Rooms;
  readonly index: SearchIndex;
}

/**
 * Finds what one search asks. The index answers with events that may hold the words, of any time: every one is looked
 * at, as it is now, and the user must be allowed to see it.
 */
export class Matches {
  readonly #needs: Needs;
  readonly #wanted: Wanted;
  readonly #turns = new Turns();
  /** What the user may see, by room. */
  readonly #access = new Map<number, Access | undefined>();

  constructor(needs: Needs, wanted: Wanted) {
    this.#needs = needs;
    this.#wanted = wanted;
  }

  /** Looks back from a position, until there are `enough` or much was looked through. */
  async before(position: number, enough: number): Promise<Window> {
    const { rooms, term, keys, signal } = this.#wanted;
    const matches: Match[] = [];
    if (rooms.size === 0 || term.words.length === 0 || keys.length === 0) return { matches, next: undefined };
    const tokens = tokenQuery(term.words, { keys, roomNids: [...rooms.keys()] });
    let before = position;
    let lookedAt = 0;
    while (lookedAt < HITS_LIMIT && matches.length < enough && !signal.aborted) {
      await this.#turns.next();
      const limit = Math.min(HITS_AT_ONCE, HITS_LIMIT - lookedAt);
      const { hits, next } = await this.#needs.index.find({ tokens, before, limit });
      await this.#take(hits, matches, enough);
      lookedAt += hits.length;
      if (next === undefined && matches.length <= enough) return { matches, next };
      before = next ?? 0;
    }
    // Where a window ends depends on what is in the log alone: it is looked through again for its next page.
    const found = matches.slice(0, enough);
    return { matches: found, next: matches.length < enough ? before : (found.at(-1)?.event.position ?? before) };
  }

  /** Adds matches, and ends when there are more than enough. */
  async #take(hits: readonly Hit[], matches: Match[], enough: number): Promise<void> {
    for (let start = 0; start < hits.length && matches.length <= enough; start += EVENTS_AT_ONCE) {
      await this.#turns.next();
      matches.push(...(await this.#matchesOf(hits.slice(start, start + EVENTS_AT_ONCE))));
    }
  }

  async #matchesOf(hits: readonly Hit[]): Promise<readonly Match[]> {
    const { rooms, keeps } = this.#wanted;
    const positions = hits.filter(({ roomNid }) => rooms.has(roomNid)).map(({ position }) => position);
    const ranks = new Map<StoredEvent, number>();
    for (const event of await this.#needs.rooms.events.byPositions(positions)) {
      await this.#turns.next();
      const rank = keeps(event) ? this.#rankOf(event) : undefined;
      if (rank !== undefined) ranks.set(event, rank);
    }
    const visible = await this.#visible([...ranks.keys()]);
    // Those of a room are visible together; the log's order is the order of all.
    const ordered = visible.toSorted((a, b) => b.position - a.position);
    return ordered.map((event) => ({ event, rank: ranks.get(event) ?? 0 }));
  }

  #rankOf({ pdu, stateKey }: StoredEvent): number | undefined {
    const { keys, term } = this.#wanted;
    const searched = searchedText({ type: pdu.type, stateKey, content: pdu.content });
    if (!searched || !keys.includes(searched.key)) return undefined;
    return rankOf(term, searched.text.slice(0, TEXT_LIMIT));
  }

  async #visible(events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const visible: StoredEvent[] = [];
    for (const [roomNid, inRoom] of Map.groupBy(events, (event) => event.roomNid)) {
      const access = await this.#accessTo(roomNid);
      if (!access) continue;
      // Of a room that was left, nothing that came later is found, even if the world may read it.
      const inTime = inRoom.filter(({ position }) => position <= access.sharedUntil);
      for (let start = 0; start < inTime.length; start += JUDGED_AT_ONCE) {
        await this.#turns.next();
        const some = inTime.slice(start, start + JUDGED_AT_ONCE);
        const seen = await visibleEvents(this.#needs.rooms, access, some);
        // What is not told with its own words was not found by them.
        visible.push(...seen.filter((event) => some.includes(event)));
      }
    }
    return visible;
  }

  async #accessTo(roomNid: number): Promise<Access | undefined> {
    if (this.#access.has(roomNid)) return this.#access.get(roomNid);
    const { rooms } = this.#needs;
    const room = await rooms.get(this.#wanted.rooms.get(roomNid) ?? "");
    const access = room && (await accessTo(rooms, room, this.#wanted.userId));
    this.#access.set(roomNid, access);
    return access;
  }
}
