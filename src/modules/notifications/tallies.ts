import { boundedCache } from "../../bounded-cache.ts";
import { NotLoaded } from "../../engine/rooms/not-loaded.ts";
import type { Sql } from "../../store/sql.ts";
import { parseCountingRules } from "./counting-rules.ts";
import { customisedIn } from "./members.store.ts";
import { RoomTally } from "./room-tally.ts";

/** Up to 25 KB each when many messages come, and far less in most rooms. */
const ROOMS_IN_MEMORY = 2_000;

interface Needs {
  readonly sql: Sql;
  readonly partitions: { readonly position: number };
}

/** The tallies of rooms in memory. */
export class Tallies {
  readonly #needs: Needs;
  readonly #byNid = boundedCache<number, RoomTally>(ROOMS_IN_MEMORY);
  #generation = 0;
  /** How often it changed who has other rules. */
  #changeCount = 0;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  peek(roomNid: number): RoomTally | undefined {
    return this.#byNid.get(roomNid);
  }

  /** @throws NotLoaded when it is not in memory */
  need(roomNid: number): RoomTally {
    const tally = this.#byNid.get(roomNid);
    if (!tally) throw new NotLoaded(async () => void (await this.get([roomNid])));
    return tally;
  }

  /** Begins the tally of a new room, in which nobody has rules yet. */
  begin(roomNid: number): RoomTally {
    return this.#keep(new RoomTally(roomNid, this.#needs.partitions.position, this.nextGeneration()));
  }

  /** The tallies of rooms; one query for all that are not in memory. */
  async get(roomNids: readonly number[]): Promise<ReadonlyMap<number, RoomTally>> {
    const found = new Map<number, RoomTally>();
    const missing = new Set<number>();
    for (const roomNid of roomNids) {
      const tally = this.#byNid.get(roomNid);
      if (tally) found.set(roomNid, tally);
      else missing.add(roomNid);
    }
    if (missing.size > 0) for (const tally of await this.#load([...missing])) found.set(tally.roomNid, tally);
    return found;
  }

  /** A number that no tally had. */
  nextGeneration(): number {
    return ++this.#generation;
  }

  /** To be called when it changed in the database who has other rules: what is being read of it meanwhile is outdated. */
  customisationChanged(): void {
    this.#changeCount++;
  }

  async #load(roomNids: readonly number[]): Promise<RoomTally[]> {
    for (;;) {
      const changeCount = this.#changeCount;
      const members = Map.groupBy(await customisedIn(this.#needs.sql, roomNids), ({ roomNid }) => roomNid);
      if (changeCount !== this.#changeCount) continue;
      return roomNids.map((roomNid) => {
        const known = this.#byNid.get(roomNid);
        if (known) return known;
        const tally = this.begin(roomNid);
        for (const { userId, ruleSet, rules } of members.get(roomNid) ?? [])
          tally.setRules(userId, parseCountingRules(ruleSet, rules));
        return tally;
      });
    }
  }

  #keep(tally: RoomTally): RoomTally {
    this.#byNid.set(tally.roomNid, tally);
    return tally;
  }
}
