import assert from "node:assert/strict";
import type { Session } from "../../bench/session.ts";
import { type Actor, untilGone } from "./actor.ts";
import { readHistory, type Seen } from "./history.ts";

/** Sends numbered messages, the next one when the last one was answered, each with its number as transaction. */
export class Writer implements Actor {
  readonly #session: Session;
  readonly #roomId: string;
  /** The events promised so far; the index is the number of the message. */
  readonly #promised: string[] = [];
  /** So many of them have been checked, up to this event. */
  #checkedCount = 0;
  #checkedUntil: string | undefined;

  constructor(session: Session, roomId: string) {
    this.#session = session;
    this.#roomId = roomId;
  }

  /** How many messages were acknowledged. */
  get count(): number {
    return this.#promised.length;
  }

  async act(isOver: () => boolean): Promise<void> {
    await untilGone(isOver, async () => await this.#sendNext());
  }

  async check(): Promise<void> {
    const before = await this.#own(this.#checkedUntil);
    const unanswered = this.#compare(before);
    await this.#sendNext();
    if (unanswered)
      assert.equal(this.#promised.at(-1), unanswered.eventId, "a repeated transaction made another event");
    const after = await this.#own(this.#checkedUntil);
    assert.equal(this.#compare(after), undefined, "a repeated transaction made a second event");
    this.#checkedCount = this.#promised.length;
    this.#checkedUntil = this.#promised.at(-1);
  }

  /** Everything from the first message on, once more. */
  async checkAll(): Promise<void> {
    this.#checkedCount = 0;
    assert.equal(this.#compare(await this.#own(undefined)), undefined);
  }

  async #sendNext(): Promise<void> {
    const number = this.#promised.length;
    this.#promised.push(await this.#session.send(this.#roomId, `message ${number}`, `transaction-${number}`));
  }

  /** Our messages after an event, in the order of the room. */
  async #own(after: string | undefined): Promise<readonly Seen[]> {
    const events = await readHistory(this.#session, this.#roomId, { after });
    return events.filter(({ type, sender }) => type === "m.room.message" && sender === this.#session.userId);
  }

  /** Asserts that what was promised is there, once and in order. Answers one more event that nobody was told of. */
  #compare(events: readonly Seen[]): Seen | undefined {
    const expected = this.#promised.slice(this.#checkedCount);
    const found = events.slice(0, expected.length);
    assert.deepEqual(
      found.map(({ eventId }) => eventId),
      expected,
      "acknowledged messages are there, once and in order",
    );
    const [unanswered, ...others] = events.slice(expected.length);
    assert.deepEqual(others, [], "nothing that was never sent");
    if (unanswered) assert.equal(unanswered.body, `message ${this.#promised.length}`);
    return unanswered;
  }
}
