/*
 * The list of a room's threads is the same for all members who see everything and ignore nobody, but for who takes part:
 * it is made once as a template, and kept until something that is told with the threads changes. What is made while it
 * changes is kept under a number that nobody asks for any more.
 */
import { LRUCache } from "lru-cache";
import { boundedCache } from "../../bounded-cache.ts";
import type { EventTemplate } from "../../engine/rooms/event-template.ts";
import type { Threads } from "./seen-threads.ts";

/** In bytes, about. */
const PAGES_IN_MEMORY = 16 * 1024 * 1024;
const PAGE_SIZE = 500;
const ROOMS = 10_000;

/** A page of a room's threads. */
export interface SharedPage extends Threads {
  /** What stands in `chunk`. */
  readonly chunk: EventTemplate;
  /** The point of the timeline to go on from; `undefined` at the end. */
  readonly next: number | undefined;
}

/** Which page: threads whose latest reply stands before a point of the timeline. */
export interface PageAddress {
  readonly roomNid: number;
  readonly before: number;
  readonly limit: number;
}

/** Pages of threads in memory. */
export class SharedThreads {
  readonly #pages = new LRUCache<string, SharedPage>({
    maxSize: PAGES_IN_MEMORY,
    sizeCalculation: ({ chunk }) => PAGE_SIZE + chunk.size,
  });
  /** Another number whenever the threads of a room change. */
  readonly #generations = boundedCache<number, number>(ROOMS);
  #lastGeneration = 0;

  /** A page that is in memory, or is made now. */
  async page({ roomNid, before, limit }: PageAddress, make: () => Promise<SharedPage>): Promise<SharedPage> {
    const key = `${this.#generationOf(roomNid)} ${before} ${limit}`;
    const known = this.#pages.get(key);
    if (known) return known;
    const page = await make();
    this.#pages.set(key, page);
    return page;
  }

  /** Something that is told with the threads of a room changed. */
  forget(roomNid: number): void {
    this.#generations.delete(roomNid);
  }

  #generationOf(roomNid: number): number {
    const known = this.#generations.get(roomNid);
    if (known !== undefined) return known;
    this.#generations.set(roomNid, ++this.#lastGeneration);
    return this.#lastGeneration;
  }
}
