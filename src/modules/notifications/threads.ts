import { boundedCache } from "../../bounded-cache.ts";
import { NotLoaded } from "../../engine/rooms/not-loaded.ts";
import { relationIn } from "../../engine/rooms/relation.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { type EventLookUp, MAIN_THREAD, threadOf } from "../../engine/rooms/thread.ts";

const REMEMBERED = 5_000;

/** Which threads events are in, for those who cannot wait. */
export class Threads {
  readonly #lookUp: EventLookUp;
  /** The thread of what relates to an event otherwise than as part of a thread, by room and that event's ID. */
  readonly #known = boundedCache<string, string>(REMEMBERED);

  constructor(lookUp: EventLookUp) {
    this.#lookUp = lookUp;
  }

  /**
   * The thread of a new event.
   * @throws NotLoaded when what it relates to has to be looked up first
   */
  of(event: StoredEvent): string {
    const relation = event.stateKey === undefined ? relationIn(event.pdu.content) : undefined;
    if (!relation) return MAIN_THREAD;
    if (relation.type === "m.thread") return relation.eventId;
    const key = `${event.roomId} ${relation.eventId}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    throw new NotLoaded(async () => void this.#known.set(key, await threadOf(event, this.#lookUp)));
  }

  /** The same, for those who can wait. */
  async find(event: StoredEvent): Promise<string> {
    return event.stateKey === undefined ? await threadOf(event, this.#lookUp) : MAIN_THREAD;
  }

  /** To be called when an event was redacted: it may have held a thread together. */
  forget(): void {
    this.#known.clear();
  }
}
