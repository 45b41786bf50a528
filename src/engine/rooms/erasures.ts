/*
 * Who asks for it when an account ends has its messages hidden: whoever joins a room after that is served what a redaction
 * would leave of them, and whoever was there goes on seeing them. For each room of the user the state is remembered in
 * which the erasure found it. A message is told in full to those who were joined when it was sent, or in that state.
 *
 * Decided beyond the text: who was in the room at neither time (somebody who reads a world readable room from outside)
 * counts as one who joins later. Of the state only the user's own memberships are hidden: name, topic and power levels are
 * the room's, which would break without them.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#account-deactivation
 */
import { boundedCache } from "../../bounded-cache.ts";
import { redact } from "../../protocol/events/redact.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import type { Sql } from "../../store/sql.ts";
import type { Partitions } from "../partitions/partitions.ts";
import { erasedAmong, hasErased, insertErased } from "./erasures.store.ts";
import type { StateAddress } from "./rooms.ts";
import type { StoredEvent } from "./stored-event.ts";

/** The detail of a departure (see `RoomTours`) whose user asked for the messages to be hidden. */
export const withErasure = "erase";

/** Some 60 bytes each. */
const roomLimit = 50_000;

interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly stateEventsAt: (addresses: readonly StateAddress[]) => Promise<readonly (StoredEvent | undefined)[]>;
}

/** A room, as far as erasures ask. */
interface InRoom {
  readonly roomId: string;
  readonly nid: number;
  readonly rules: RoomVersionRules;
  readonly publishedState: string;
}

/** Users whose messages are hidden from those who join later. */
export class Erasures {
  readonly #needs: Needs;
  /** By room, whether there are any: nearly always none, and then nothing is asked of the database. */
  readonly #any = boundedCache<number, 0 | 1>(roomLimit);

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Hides what the user sent in a room, from now on. Doing it again changes nothing. */
  async record({ roomId, nid, publishedState }: InRoom, userId: string): Promise<void> {
    await this.#needs.partitions.of(roomId).commit(roomId, (tx) => {
      insertErased(tx, nid, { userId, stateRoot: publishedState });
      tx.afterCommit(() => this.#any.set(nid, 1));
    });
  }

  /** Whether messages of anybody are hidden in the room. */
  async anyIn(roomNid: number): Promise<boolean> {
    const known = this.#any.get(roomNid);
    if (known !== undefined) return known === 1;
    const found = await hasErased(this.#needs.sql, roomNid);
    // What was recorded meanwhile must not be forgotten.
    if (found || !this.#any.has(roomNid)) this.#any.set(roomNid, found ? 1 : 0);
    return this.#any.get(roomNid) === 1;
  }

  /** Events of a room as a user may see them: those that are hidden are replaced by what a redaction would leave. */
  async hide(room: InRoom, viewerId: string, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    if (events.length === 0 || !(await this.anyIn(room.nid))) return [...events];
    const senders = new Set(events.filter(isHidable).map((event) => event.pdu.sender));
    const erased = await erasedAmong(this.#needs.sql, room.nid, [...senders]);
    const rootOf = new Map(erased.map(({ userId, stateRoot }) => [userId, stateRoot]));
    if (rootOf.size === 0) return [...events];
    const doubtful = events.filter((event) => isHidable(event) && rootOf.has(event.pdu.sender));
    const roots = new Set([...doubtful.map(({ stateBefore }) => stateBefore), ...rootOf.values()]);
    const joinedIn = await this.#joinedIn(roots, viewerId);
    const hidden = new Set(
      doubtful.filter((event) => {
        return !joinedIn.has(event.stateBefore) && !joinedIn.has(rootOf.get(event.pdu.sender) ?? "");
      }),
    );
    return events.map((event) => (hidden.has(event) ? hiddenForm(event, room.rules) : event));
  }

  /** Those of the states in which the user is joined. */
  async #joinedIn(roots: ReadonlySet<string>, userId: string): Promise<ReadonlySet<string>> {
    const list = [...roots];
    const members = await this.#needs.stateEventsAt(
      list.map((root) => ({ root, type: "m.room.member", stateKey: userId })),
    );
    return new Set(list.filter((_root, index) => members[index]?.pdu.content["membership"] === "join"));
  }
}

const isHidable = ({ stateKey, pdu }: StoredEvent): boolean =>
  stateKey === undefined || (pdu.type === "m.room.member" && stateKey === pdu.sender);

/** What it replaced would tell the name again. */
const hiddenForm = (event: StoredEvent, rules: RoomVersionRules): StoredEvent => ({
  ...event,
  pdu: redact(event.pdu, rules),
  replaces: 0,
});
