import assert from "node:assert/strict";
import { at, listAt, textAt } from "../../bench/read-json.ts";
import { encode, type Session } from "../../bench/session.ts";
import { type Actor, untilGone } from "./actor.ts";

const TYPE = "org.example.parcel";
const POLL_MS = 10_000;

/** Sends numbered messages to a device, the next one when the last one was answered; the device follows them by `/sync`. */
export class Courier implements Actor {
  readonly #sender: Session;
  readonly #receiver: Session;
  #deviceId: string | undefined;
  #promised = 0;
  readonly #received: number[] = [];
  #since: string | undefined;

  constructor(sender: Session, receiver: Session) {
    this.#sender = sender;
    this.#receiver = receiver;
  }

  async act(isOver: () => boolean): Promise<void> {
    await Promise.all([
      untilGone(isOver, async () => await this.#sendNext()),
      untilGone(isOver, async () => void (await this.#syncOnce(POLL_MS))),
    ]);
  }

  /** What was acknowledged came once and in order, and one that was on its way at most; sent again it does not come again. */
  async check(): Promise<void> {
    while (await this.#syncOnce(0));
    const count = this.#received.length;
    assert.ok(count === this.#promised || count === this.#promised + 1, `${count} of ${this.#promised} messages came`);
    await this.#sendNext();
    while (await this.#syncOnce(0));
    const expected = Array.from({ length: this.#promised }, (_, number) => number);
    assert.deepEqual(this.#received, expected, "each message once and in order");
  }

  async #sendNext(): Promise<void> {
    const number = this.#promised;
    this.#deviceId ??= textAt(await this.#receiver.request("GET", "account/whoami"), "device_id");
    const messages = { [this.#receiver.userId]: { [this.#deviceId]: { number } } };
    await this.#sender.request("PUT", encode`sendToDevice/${TYPE}/${`parcel-${number}`}`, { messages });
    this.#promised += 1;
  }

  /** Whether messages came. */
  async #syncOnce(timeoutMs: number): Promise<boolean> {
    const since = this.#since === undefined ? {} : { since: this.#since };
    const answer = await this.#receiver.sync({ ...since, timeoutMs });
    const events = listAt(answer, "to_device", "events").filter((event) => at(event, "type") === TYPE);
    this.#received.push(...events.map((event) => Number(at(event, "content", "number"))));
    this.#since = textAt(answer, "next_batch");
    return events.length > 0;
  }
}
