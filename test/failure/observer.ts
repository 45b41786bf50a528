import assert from "node:assert/strict";
import { at, listAt, textAt } from "../../bench/read-json.ts";
import type { Session } from "../../bench/session.ts";
import { type Actor, untilGone } from "./actor.ts";
import { readHistory, type Seen, seen } from "./history.ts";

const POLL_MS = 10_000;
const FILTER = { room: { timeline: { limit: 50 } } };

/**
 * Follows rooms by `/sync` across every death of the server, with the tokens it was given before. What it was shown once
 * stays, and it is shown everything, once.
 */
export class Observer implements Actor {
  readonly #session: Session;
  readonly #seen = new Map<string, Seen[]>();
  #since: string | undefined;

  constructor(session: Session, roomIds: readonly string[]) {
    this.#session = session;
    for (const roomId of roomIds) this.#seen.set(roomId, []);
  }

  async act(isOver: () => boolean): Promise<void> {
    await untilGone(isOver, async () => {
      await this.#syncOnce(POLL_MS);
    });
  }

  async check(): Promise<void> {
    while (await this.#syncOnce(0));
    for (const [roomId, events] of this.#seen) {
      const history = await readHistory(this.#session, roomId);
      assert.deepEqual(idsOf(events), idsOf(history), "/sync has shown what /messages shows");
    }
  }

  /** Whether there was something new. A sync counts as a whole: what fails half-way is repeated from the same token. */
  async #syncOnce(timeoutMs: number): Promise<boolean> {
    const since = this.#since === undefined ? {} : { since: this.#since };
    const answer = await this.#session.sync({ ...since, timeoutMs, filter: FILTER });
    const additions = new Map<string, readonly Seen[]>();
    for (const roomId of this.#seen.keys()) additions.set(roomId, await this.#newIn(roomId, answer));
    for (const [roomId, events] of additions) this.#seen.get(roomId)?.push(...events);
    this.#since = textAt(answer, "next_batch");
    return [...additions.values()].some((events) => events.length > 0);
  }

  async #newIn(roomId: string, answer: unknown): Promise<readonly Seen[]> {
    const timeline = at(answer, "rooms", "join", roomId, "timeline");
    const events = listAt(timeline, "events").map(seen);
    if (at(timeline, "limited") !== true) return events;
    const after = this.#seen.get(roomId)?.at(-1)?.eventId;
    const gap = await readHistory(this.#session, roomId, { from: textAt(timeline, "prev_batch"), after });
    return [...gap, ...events];
  }
}

function idsOf(events: readonly Seen[]): readonly string[] {
  return events.map(({ eventId }) => eventId);
}
