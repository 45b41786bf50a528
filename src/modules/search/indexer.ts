/*
 * Brings events into the index, behind the senders' backs: none waits for it, and a message costs its own transaction
 * nothing. The indexer reads the log in stretches, and writes each into the index together with how far it has come, so
 * that after a crash it goes on where it was. It sets off some time after something was said, which makes one
 * transaction of many messages, and at once when somebody searches.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus } from "../../bus/bus.ts";
import { isEventChange } from "../../engine/rooms/event-change.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import { Turns } from "../../engine/turns.ts";
import type { Database } from "../../store/sql.ts";
import { readDocuments, readProgress, setProgress } from "./indexer.store.ts";
import type { IndexedEvent, SearchIndex } from "./search-index.ts";
import { SEARCHED_TYPES } from "./searched-text.ts";
import { tokensOf } from "./tokens.ts";

/** Positions that are read, and written, at once: senders wait for the database meanwhile. */
const STRETCH = 100;
const PAUSE_MS = 2_000;

interface Needs {
  readonly database: Database;
  readonly bus: Pick<Bus, "subscribe">;
  readonly partitions: Pick<Partitions, "position">;
  readonly index: SearchIndex;
}

/** The work of indexing. */
export class Indexer {
  readonly #needs: Needs;
  readonly #unsubscribe: () => void;
  /** How far it has come; `undefined` until that is read. */
  #position: number | undefined;
  #run: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#unsubscribe = needs.bus.subscribe(({ changes }) => {
      if (changes.some((change) => isEventChange(change) && isSearched(change.event.pdu.type))) this.#schedule();
    });
    // What was left undone when the server stopped.
    this.#schedule();
  }

  /** Has the index hold all that is in the log now, if that can be had within `patienceMs`. */
  async catchUp(patienceMs: number): Promise<void> {
    const upTo = this.#needs.partitions.position;
    const over = new AbortController();
    const waiting = sleep(patienceMs, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
    const deadline = performance.now() + patienceMs;
    try {
      while ((this.#position ?? -1) < upTo && performance.now() < deadline && !this.#isStopped) {
        await Promise.race([this.#follow(), waiting]);
      }
    } finally {
      over.abort();
    }
  }

  /** Ends after the stretch in hand. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
    // Whoever began it learns what failed.
    await this.#run?.catch(() => undefined);
  }

  #schedule(): void {
    if (this.#isStopped || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // The database cannot answer now: nothing is lost, and a search that needs it says so.
      this.#follow().catch(() => this.#schedule());
    }, PAUSE_MS);
    this.#timer.unref();
  }

  /** Follows the log to where it is now. There is one at a time. */
  async #follow(): Promise<void> {
    this.#run ??= this.#followTo(this.#needs.partitions.position).finally(() => (this.#run = undefined));
    await this.#run;
  }

  async #followTo(end: number): Promise<void> {
    const turns = new Turns();
    let at = (this.#position ??= await readProgress(this.#needs.database));
    while (at < end && !this.#isStopped) {
      const upTo = Math.min(at + STRETCH, end);
      await this.#index({ after: at, upTo }, turns);
      at = upTo;
      this.#position = at;
    }
  }

  async #index(stretch: { readonly after: number; readonly upTo: number }, turns: Turns): Promise<void> {
    const { database, index } = this.#needs;
    const events: IndexedEvent[] = [];
    for (const document of await readDocuments(database, stretch)) {
      await turns.next();
      const tokens = tokensOf(document);
      if (tokens.length > 0) events.push({ position: document.position, tokens });
    }
    await turns.next();
    // Most of the log is of other things: to pass it over again costs less than to write that it was passed.
    if (events.length === 0) return;
    const [result] = await database.commit([[index.insertion(events), setProgress(stretch.upTo)]]);
    if (!result?.ok) throw result?.error ?? new Error("The database gave no answer");
  }
}

const isSearched = (type: string): boolean => SEARCHED_TYPES.some((searched) => searched === type);
