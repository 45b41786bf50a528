import assert from "node:assert/strict";
import { textAt } from "../../bench/read-json.ts";
import { encode, type Session } from "../../bench/session.ts";
import { type Actor, untilGone } from "./actor.ts";
import { readHistory } from "./history.ts";

/** Says something and takes it back, again and again. */
export class Redactor implements Actor {
  readonly #session: Session;
  readonly #roomId: string;
  readonly #redactedIds: string[] = [];

  constructor(session: Session, roomId: string) {
    this.#session = session;
    this.#roomId = roomId;
  }

  async act(isOver: () => boolean): Promise<void> {
    await untilGone(isOver, async () => await this.#turn());
  }

  /** What was taken back is empty; a redaction that was repeated is one event, and none is there without effect. */
  async check(): Promise<void> {
    await this.#turn();
    const own = (await readHistory(this.#session, this.#roomId)).filter(
      ({ sender }) => sender === this.#session.userId,
    );
    const messages = own.filter(({ type }) => type === "m.room.message");
    const redactions = own.filter(({ type }) => type === "m.room.redaction");
    assert.deepEqual(
      messages.map(({ eventId, body }) => [eventId, body]),
      this.#redactedIds.map((eventId) => [eventId, undefined]),
      "each message is there once, and empty",
    );
    assert.equal(redactions.length, messages.length, "each redaction is there once");
  }

  async #turn(): Promise<void> {
    const number = String(this.#redactedIds.length);
    const eventId = await this.#session.send(this.#roomId, "said too much", `say-${number}`);
    const path = encode`rooms/${this.#roomId}/redact/${eventId}/redact-${number}`;
    textAt(await this.#session.request("PUT", path, {}), "event_id");
    this.#redactedIds.push(eventId);
  }
}
