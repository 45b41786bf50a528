import { Turns } from "../../engine/turns.ts";
import type { Sql } from "../../store/sql.ts";
import { type CountingRules, countingRules, defaultCountingRules } from "./counting-rules.ts";
import { countInMemory, floorOf, threadFloor } from "./counting.ts";
import type { Coverage } from "./coverage.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import type { PushRules } from "../push-rules/index.ts";
import type { ReadUpTo, Receipts } from "../receipts/index.ts";
import { countIn, type ThreadFloor } from "./notifying.store.ts";
import type { RoomTally } from "./room-tally.ts";
import type { Place, Standing, Standings, ThreadCounts } from "./standings.ts";
import type { Tallies } from "./tallies.ts";

/** What is counted in memory while the database counts may be forgotten again: then it is asked once more, so often. */
const ROUNDS = 5;

interface Needs {
  readonly sql: Sql;
  readonly partitions: { readonly position: number };
  readonly pushRules: Pick<PushRules, "rulesetOf" | "ruleSetIdOf">;
  readonly ignoredBy: IgnoredBy;
  readonly receipts: Pick<Receipts, "readUpToIn">;
  readonly tallies: Tallies;
  readonly standings: Standings;
  readonly coverage: Coverage;
}

/** What a room counts for a member. */
export interface RoomCounts {
  readonly byThread: ThreadCounts;
  /** Position of the last change of the rules by which it counts. */
  readonly changedAt: number;
}

/** A member of a room, with all that counting asks for. */
export interface Member {
  readonly userId: string;
  /** Those whose messages do not count. */
  readonly ignored: ReadonlySet<string>;
  readonly place: Place;
  readonly standing: Standing;
  readonly readUpTo: ReadUpTo;
  readonly tally: RoomTally;
}

/** How many unread notifications there are. */
export class NotificationCounts {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * By room ID, for those of the rooms that the user is in. What is in memory costs no query; for the rest there is one
   * for all rooms of each of: their rules, the user's place in them, receipts, counts.
   */
  async of(userId: string, places: readonly Place[]): Promise<ReadonlyMap<string, RoomCounts>> {
    const members = await this.members(userId, places);
    const counted = new Map<string, RoomCounts>();
    let missing: readonly Member[] = members;
    for (let round = 0; round < ROUNDS && missing.length > 0; round++) {
      if (round > 0) await this.#count(userId, missing);
      const next: Member[] = [];
      for (const member of missing) {
        const byThread = countInMemory(member);
        if (byThread) counted.set(member.place.roomId, { byThread, changedAt: member.standing.changedAt });
        else next.push(member);
      }
      missing = next;
    }
    for (const { place, standing } of missing) {
      const byThread: ThreadCounts = standing.base?.counts ?? new Map();
      counted.set(place.roomId, { byThread, changedAt: standing.changedAt });
    }
    return counted;
  }

  /** The user as a member of those of the rooms that the user is in, each counting by the user's rules. */
  async members(userId: string, places: readonly Place[]): Promise<Member[]> {
    const { tallies, standings } = this.#needs;
    const tallyOf = await tallies.get(places.map(({ nid }) => nid));
    const standingIn = await standings.get(userId, places);
    const readIn = await this.#readUpTo(userId, standingIn);
    await this.#cover(userId, places, { standingIn, readIn });
    const ignored = await this.#needs.ignoredBy(userId);
    return places.flatMap((place) => {
      const standing = standingIn.get(place.roomId);
      const tally = tallyOf.get(place.nid);
      const readUpTo = readIn.get(place.roomId);
      return standing && tally && readUpTo ? [{ userId, ignored, place, standing, readUpTo, tally }] : [];
    });
  }

  async #readUpTo(userId: string, standingIn: ReadonlyMap<string, Standing>): Promise<Map<string, ReadUpTo>> {
    const read = new Map<string, ReadUpTo>();
    const unknown: string[] = [];
    for (const [roomId, { readUpTo }] of standingIn) {
      if (readUpTo) read.set(roomId, readUpTo);
      else unknown.push(roomId);
    }
    if (unknown.length === 0) return read;
    const { changeCount } = this.#needs.standings;
    const found = await this.#needs.receipts.readUpToIn(userId, unknown);
    for (const [roomId, readUpTo] of found) {
      read.set(roomId, readUpTo);
      const standing = standingIn.get(roomId);
      if (standing && changeCount === this.#needs.standings.changeCount) standing.readUpTo = readUpTo;
    }
    return read;
  }

  /** Has every room count by the user's rules; what stands in `standingIn` is brought up to date. */
  async #cover(
    userId: string,
    places: readonly Place[],
    known: { standingIn: Map<string, Standing>; readIn: ReadonlyMap<string, ReadUpTo> },
  ): Promise<void> {
    const { pushRules, coverage, standings } = this.#needs;
    const isDefault = (await pushRules.ruleSetIdOf(userId)) === "";
    const ruleset = isDefault ? undefined : await pushRules.rulesetOf(userId);
    const changed: Place[] = [];
    const turns = new Turns();
    for (const place of places) {
      if (ruleset) await turns.next();
      const standing = known.standingIn.get(place.roomId);
      const readUpTo = known.readIn.get(place.roomId);
      if (!standing || !readUpTo) continue;
      const rules: CountingRules = ruleset ? countingRules(ruleset, place.roomId) : defaultCountingRules;
      if (standing.ruleSet === rules.id) continue;
      await coverage.cover({ userId, place, standing, rules, floor: floorOf(standing, readUpTo) });
      changed.push(place);
    }
    if (changed.length === 0) return;
    for (const [roomId, standing] of await standings.get(userId, changed)) known.standingIn.set(roomId, standing);
  }

  /** Lets the database count for a member of several rooms, with one query. */
  async #count(userId: string, members: readonly Member[]): Promise<void> {
    const { sql, partitions } = this.#needs;
    const upTo = partitions.position;
    const generations = members.map(({ tally }) => tally.generation);
    const rooms = members.map(({ place, standing, readUpTo }) => ({
      roomNid: place.nid,
      floor: floorOf(standing, readUpTo),
      ruleSet: standing.ruleSet,
    }));
    const ignored = members[0]?.ignored ?? new Set();
    const rows = await countIn(sql, userId, { rooms, floors: members.flatMap(threadFloorsOf), upTo, ignored });
    const byRoom = Map.groupBy(rows, ({ roomNid }) => roomNid);
    for (const [index, { place, standing }] of members.entries()) {
      const counts = new Map((byRoom.get(place.nid) ?? []).map(({ thread, ...count }) => [thread, count]));
      standing.base = { counts, generation: generations[index] ?? 0, upTo, ignored };
    }
  }
}

/** Receipts of threads that say more than those of the whole room. */
function threadFloorsOf({ place, standing, readUpTo }: Member): ThreadFloor[] {
  const floor = floorOf(standing, readUpTo);
  const threads = ["main", ...readUpTo.threads.keys()];
  return threads
    .map((thread) => ({ roomNid: place.nid, thread, floor: threadFloor(readUpTo, thread) }))
    .filter((read) => read.floor > floor);
}
