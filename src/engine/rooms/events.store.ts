import { boundedCache } from "../../bounded-cache.ts";
import { canonicalJson } from "../../protocol/json/canonical.ts";
import type { PduJson } from "../../protocol/events/pdu.ts";
import { inList } from "../../store/dialect.ts";
import type { Row, Sql, SqlValue } from "../../store/sql.ts";
import type { Tx } from "../partitions/tx.ts";
import { Turns } from "../turns.ts";
import { type StoredEvent, VERDICTS } from "./stored-event.ts";

/** About 2 KB each. */
const CACHED_EVENTS = 20_000;
/** Some milliseconds. */
const LOADED_AT_ONCE = 250;
/** Stands for "as the column before": most events change no state. */
const SAME = "=";

/** These events must be loaded before the answer can be given. */
export class EventsMissing extends Error {
  override readonly name = "EventsMissing";
  readonly positions: readonly number[];
  constructor(positions: readonly number[]) {
    super("Events must be loaded");
    this.positions = positions;
  }
}

interface EventRow extends Row {
  readonly position: number;
  readonly roomNid: number;
  readonly roomId: string;
  readonly eventId: string;
  readonly ordering: number | null;
  readonly stateKey: string | null;
  readonly verdict: number;
  readonly stateBefore: string;
  readonly stateAfter: string;
  readonly roomState: string;
  readonly heads: string;
  readonly replaces: number;
  readonly redactedBy: number;
  readonly txnKey: string | null;
  readonly json: string;
}

const SELECT = `
  SELECT e.position, e.room_nid AS "roomNid", r.room_id AS "roomId", e.event_id AS "eventId", e.ordering,
         e.state_key AS "stateKey", e.verdict, e.state_before AS "stateBefore", e.state_after AS "stateAfter",
         e.room_state AS "roomState", e.heads, e.replaces, e.redacted_by AS "redactedBy", e.txn_key AS "txnKey", e.json
  FROM events e JOIN rooms r ON r.room_nid = e.room_nid`;

const BY_ID = `${SELECT} WHERE e.event_id = $1`;
const BY_TXN = `${SELECT} WHERE e.txn_key = $1`;
const LAST_OF_ROOMS = `${SELECT} WHERE e.position = (
  SELECT l.position FROM events l WHERE l.room_nid = r.room_nid AND l.ordering IS NOT NULL AND l.verdict = 0
  ORDER BY l.ordering DESC LIMIT 1)`;
const BACKWARDS = `${SELECT} WHERE e.room_nid = $1 AND e.ordering < $2 AND e.ordering >= $3 AND e.verdict = 0 ORDER BY e.ordering DESC LIMIT $4`;
const FORWARDS = `${SELECT} WHERE e.room_nid = $1 AND e.ordering >= $2 AND e.ordering < $3 AND e.verdict = 0 ORDER BY e.ordering LIMIT $4`;

const IN_TIMELINE = "e.room_nid = $1 AND e.ordering <= $4 AND e.verdict = 0";
const AFTER_TIME = `${SELECT} WHERE ${IN_TIMELINE} AND (e.origin_server_ts, e.position) > ($2, $3)
  ORDER BY e.origin_server_ts, e.position LIMIT $5`;
const BEFORE_TIME = `${SELECT} WHERE ${IN_TIMELINE} AND (e.origin_server_ts, e.position) < ($2, $3)
  ORDER BY e.origin_server_ts DESC, e.position DESC LIMIT $5`;

const INSERT = `
  INSERT INTO events (position, room_nid, event_id, ordering, depth, type, state_key, sender, origin_server_ts, verdict,
                      rule, reason, state_before, state_after, room_state, heads, replaces, redacted_by, txn_key, json)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', $11, $12, $13, $14, $15, 0, $16, $17)`;

const REDACT = "UPDATE events SET json = $2, redacted_by = $3 WHERE position = $1";

/** A stretch of a room's timeline: orderings from `from` (inclusive) to `to` (exclusive). */
export interface Stretch {
  readonly roomNid: number;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** Where in a room's history it is looked for events of a time. */
export interface Moment {
  readonly roomNid: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Of the events of that very millisecond, those behind this position in the direction of the search. */
  readonly position: number;
  /** Events beyond this position are left out. */
  readonly until: number;
  readonly limit: number;
}

interface ReadOptions {
  readonly isPassing?: boolean;
}

/** Events: a bounded cache over the table that holds them. */
export class EventsStore {
  readonly #sql: Sql;
  readonly #cache = boundedCache<number, StoredEvent>(CACHED_EVENTS);
  readonly #positions = boundedCache<string, number>(CACHED_EVENTS);

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** What is in memory. */
  peek(position: number): StoredEvent | undefined {
    return this.#cache.get(position);
  }

  /** @throws EventsMissing when it is not in memory. */
  need(position: number): StoredEvent {
    const event = this.#cache.get(position);
    if (!event) throw new EventsMissing([position]);
    return event;
  }

  /** Puts an event into memory: a new one, or another version of a known one. */
  keep(event: StoredEvent): StoredEvent {
    this.#cache.set(event.position, event);
    this.#positions.set(event.eventId, event.position);
    return event;
  }

  forget(event: StoredEvent): void {
    this.#cache.delete(event.position);
    this.#positions.delete(event.eventId);
  }

  /**
   * Events by position, in the order asked for. Positions that do not exist are left out.
   *
   * @param options.isPassing they are looked at once, as all members of a large room are: what was not in memory does not
   *   come to stay there, where it would drive out what rooms work with, and be garbage that has grown old
   */
  async byPositions(positions: readonly number[], options: ReadOptions = {}): Promise<StoredEvent[]> {
    const found = new Map<number, StoredEvent>();
    const missing = new Set<number>();
    for (const position of positions) {
      const event = this.#cache.get(position);
      if (event) found.set(position, event);
      else missing.add(position);
    }
    for (const event of await this.load([...missing], options)) found.set(event.position, event);
    return positions.map((position) => found.get(position)).filter((event) => event !== undefined);
  }

  async load(positions: readonly number[], options: ReadOptions = {}): Promise<StoredEvent[]> {
    const text = `${SELECT} WHERE ${inList(this.#sql.dialect, "e.position", "$1", "number")}`;
    const events: StoredEvent[] = [];
    const turns = new Turns();
    for (let start = 0; start < positions.length; start += LOADED_AT_ONCE) {
      await turns.next();
      const wanted = positions.slice(start, start + LOADED_AT_ONCE);
      events.push(...(await this.#read(text, [JSON.stringify(wanted)], options)));
    }
    return events;
  }

  /** Events by their IDs, in the order asked for. IDs that this server does not know are left out. */
  async byIds(eventIds: readonly string[]): Promise<StoredEvent[]> {
    const found = new Map<string, StoredEvent>();
    const missing: string[] = [];
    for (const eventId of eventIds) {
      const event = this.#cache.get(this.#positions.get(eventId) ?? 0);
      if (event) found.set(eventId, event);
      else missing.push(eventId);
    }
    const text = `${SELECT} WHERE ${inList(this.#sql.dialect, "e.event_id", "$1")}`;
    for (let start = 0; start < missing.length; start += LOADED_AT_ONCE) {
      const wanted = missing.slice(start, start + LOADED_AT_ONCE);
      for (const event of await this.#read(text, [JSON.stringify(wanted)])) found.set(event.eventId, event);
    }
    return eventIds.map((eventId) => found.get(eventId)).filter((event) => event !== undefined);
  }

  async byId(eventId: string): Promise<StoredEvent | undefined> {
    // PostgreSQL takes no NUL.
    if (eventId.includes("\u0000")) return undefined;
    const position = this.#positions.get(eventId);
    const cached = position === undefined ? undefined : this.#cache.get(position);
    return cached ?? (await this.#read(BY_ID, [eventId]))[0];
  }

  /** The event that a request of a device made before. */
  async byTxnKey(txnKey: string): Promise<StoredEvent | undefined> {
    return (await this.#read(BY_TXN, [txnKey]))[0];
  }

  /** The events last taken into the timelines of rooms, in no particular order. */
  async lastOf(roomNids: readonly number[]): Promise<StoredEvent[]> {
    const text = `${LAST_OF_ROOMS} AND ${inList(this.#sql.dialect, "r.room_nid", "$1", "number")}`;
    return await this.#read(text, [JSON.stringify(roomNids)]);
  }

  /** Accepted events by the time that their senders' servers gave them: the closest to the moment first. */
  async byTime(direction: "b" | "f", { roomNid, time, position, until, limit }: Moment): Promise<StoredEvent[]> {
    const text = direction === "b" ? BEFORE_TIME : AFTER_TIME;
    return await this.#read(text, [roomNid, time, position, Math.min(until, Number.MAX_SAFE_INTEGER), limit]);
  }

  /** Accepted events of a stretch, the latest first. */
  async backwards({ roomNid, from, to, limit }: Stretch): Promise<StoredEvent[]> {
    return await this.#read(BACKWARDS, [roomNid, to, from, limit]);
  }

  /** Accepted events of a stretch, the earliest first. */
  async forwards({ roomNid, from, to, limit }: Stretch): Promise<StoredEvent[]> {
    return await this.#read(FORWARDS, [roomNid, from, to, limit]);
  }

  async #read(
    text: string,
    params: readonly SqlValue[],
    { isPassing = false }: ReadOptions = {},
  ): Promise<StoredEvent[]> {
    const rows = await this.#sql.all<EventRow>(text, params);
    const taken = isPassing ? toEvent : (row: EventRow): StoredEvent => this.keep(toEvent(row));
    return rows.map((row) => this.#cache.get(row.position) ?? taken(row));
  }
}

/** Writes a new accepted event. `json` is its canonical JSON. */
export function insertEvent(tx: Tx, event: StoredEvent, json: string): void {
  tx.run(INSERT, [
    event.position,
    event.roomNid,
    event.eventId,
    event.ordering ?? null,
    event.pdu.depth,
    event.pdu.type,
    event.stateKey ?? null,
    event.pdu.sender,
    event.pdu.origin_server_ts,
    VERDICTS.indexOf(event.verdict),
    event.stateBefore,
    event.stateAfter === event.stateBefore ? SAME : event.stateAfter,
    event.roomState === event.stateAfter ? SAME : event.roomState,
    event.heads.length === 1 && event.heads[0] === event.position ? "" : JSON.stringify(event.heads),
    event.replaces,
    event.txnKey ?? null,
    json,
  ]);
}

/** Replaces an event by its redacted form. */
export function writeRedacted(tx: Tx, event: StoredEvent): void {
  tx.run(REDACT, [event.position, canonicalJson(event.pdu), event.redactedBy]);
}

function toEvent(row: EventRow): StoredEvent {
  const stateAfter = row.stateAfter === SAME ? row.stateBefore : row.stateAfter;
  return {
    position: row.position,
    roomNid: row.roomNid,
    roomId: row.roomId,
    eventId: row.eventId,
    ordering: row.ordering ?? undefined,
    stateKey: row.stateKey ?? undefined,
    verdict: VERDICTS[row.verdict] ?? "rejected",
    stateBefore: row.stateBefore,
    stateAfter,
    roomState: row.roomState === SAME ? stateAfter : row.roomState,
    heads: row.heads === "" ? [row.position] : (JSON.parse(row.heads) as number[]),
    replaces: row.replaces,
    redactedBy: row.redactedBy,
    txnKey: row.txnKey ?? undefined,
    pdu: JSON.parse(row.json) as PduJson,
  };
}
