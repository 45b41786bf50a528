/*
 * A rule set that is new in a room has no rows there. They are made when they are first asked for: from then on every
 * event is weighed by these rules too, and what came before is weighed once, from where the user has read up to.
 */
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { Turns } from "../../engine/turns.ts";
import type { Sql } from "../../store/sql.ts";
import type { CountingRules } from "./counting-rules.ts";
import { type AudienceWeight, memberIn, type Weighing } from "./event-weights.ts";
import { writeRuleSet } from "./members.store.ts";
import { deleteBetween, insertRow, type NotifyingRow, ownAudience, rowsForEverybody } from "./notifying.store.ts";
import type { RoomTally } from "./room-tally.ts";
import type { Place, Standing, Standings } from "./standings.ts";
import type { Tallies } from "./tallies.ts";
import type { Threads } from "./threads.ts";

/** So many events before are weighed by new rules; older ones count by the default rules, or not at all. */
const LOOK_BACK = 1_000;
const PAGE = 100;

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly rooms: Rooms;
  readonly tallies: Tallies;
  readonly standings: Standings;
  readonly threads: Threads;
  readonly weighing: Weighing;
}

/** A member whose rules changed. */
export interface NewRules {
  readonly userId: string;
  readonly place: Place;
  readonly standing: Standing;
  readonly rules: CountingRules;
  /** Nothing up to this position counts anyway. */
  readonly floor: number;
}

/** Has rooms count by other rules for members. */
export class Coverage {
  readonly #needs: Needs;
  readonly #running = new Map<string, Promise<void>>();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Resolves when the room counts by these rules. What it is asked twice at the same time it does once. */
  async cover(wanted: NewRules): Promise<void> {
    const key = `${wanted.place.roomId} ${wanted.userId} ${wanted.rules.id}`;
    const running = this.#running.get(key) ?? this.#cover(wanted).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    await running;
  }

  async #cover(wanted: NewRules): Promise<void> {
    const { userId, place, rules } = wanted;
    // There are always rows by the default rules.
    if (rules.id === "") return await this.#commit(wanted, { after: 0, to: 0, rows: [] });
    const room = await this.#needs.rooms.get(place.roomId);
    if (!room) return;
    for (;;) {
      const { tally, to } = await this.#begin(wanted);
      const events = await this.#eventsBetween(room, wanted.floor, to);
      const after = events.length < LOOK_BACK ? wanted.floor : (events.at(-1)?.position ?? to) - 1;
      const rows = await this.#weigh(room, events, { userId, rules });
      // It left memory meanwhile: what came since was not weighed.
      if (this.#needs.tallies.peek(place.nid) === tally) return await this.#commit(wanted, { after, to, rows });
    }
  }

  /** From now on, every event is weighed by the rules too; up to the position `to` that was not so. */
  async #begin({ userId, place, rules }: NewRules): Promise<{ tally: RoomTally | undefined; to: number }> {
    const tally = (await this.#needs.tallies.get([place.nid])).get(place.nid);
    // Resolves when everything before it is durable and can be read.
    return await this.#needs.partitions.of(place.roomId).commit(place.roomId, (tx) => {
      tally?.setRules(userId, rules);
      return { tally, to: tx.nextPosition() };
    });
  }

  /** The latest first. */
  async #eventsBetween(room: Room, after: number, to: number): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    const turns = new Turns();
    for (let end = to; events.length < LOOK_BACK; ) {
      await turns.next();
      const stretch = { roomNid: room.nid, from: after + 1, to: end, limit: PAGE };
      const page = await this.#needs.rooms.events.backwards(stretch);
      events.push(...page);
      end = page.at(-1)?.ordering ?? end;
      if (page.length < PAGE) break;
    }
    return events;
  }

  async #weigh(
    room: Room,
    events: readonly StoredEvent[],
    owner: { readonly userId: string; readonly rules: CountingRules },
  ): Promise<NotifyingRow[]> {
    const { sql, rooms, threads } = this.#needs;
    const first = events.at(-1)?.position ?? 0;
    const known = await rowsForEverybody(sql, room.nid, first, events[0]?.position ?? 0);
    const byPosition = new Map(known.map((row) => [row.position, row]));
    const rows: NotifyingRow[] = [];
    const turns = new Turns();
    for (const event of events) {
      await turns.next();
      if (event.redactedBy !== 0) continue;
      const byDefault = byPosition.get(event.position);
      const weights = await rooms.read(room.roomId, (now) => this.#weightsOf(event, now, { ...owner, byDefault }));
      if (weights.length === 0) continue;
      const thread = byDefault?.thread ?? (await threads.find(event));
      for (const weight of weights)
        rows.push({ ...weight, position: event.position, thread, sender: event.pdu.sender });
    }
    return rows;
  }

  #weightsOf(
    event: StoredEvent,
    room: Room,
    { userId, rules, byDefault }: { userId: string; rules: CountingRules; byDefault: NotifyingRow | undefined },
  ): AudienceWeight[] {
    const member = memberIn(room, userId);
    if (!member) return [];
    const { weighing } = this.#needs;
    return weighing.forMember(weighing.ask(event, room), member, rules, byDefault ?? { notify: 0, highlight: 0 });
  }

  async #commit(
    { userId, place, standing, rules }: NewRules,
    { after, to, rows }: { readonly after: number; readonly to: number; readonly rows: readonly NotifyingRow[] },
  ): Promise<void> {
    const { partitions, tallies, standings } = this.#needs;
    await partitions.of(place.roomId).commit(place.roomId, (tx) => {
      if (rules.id !== "") {
        deleteBetween(tx, place.nid, { after, to, audiences: [rules.id, ownAudience(rules.id, userId)] });
        for (const row of rows) insertRow(tx, place.nid, row);
      }
      const changedAt = tx.nextPosition();
      const member = { roomNid: place.nid, ruleSet: rules.id, coveredFrom: after, changedAt };
      writeRuleSet(tx, userId, { ...member, rules: rules.text, before: standing.ruleSet });
      tx.afterCommit(() => {
        standings.forget(userId, place.roomId);
        tallies.customisationChanged();
        const tally = tallies.peek(place.nid);
        tally?.setRules(userId, rules.id === "" ? undefined : rules);
        tally?.forgetUpTo(to);
      });
    });
  }
}
