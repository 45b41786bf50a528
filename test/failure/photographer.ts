import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import type { Session } from "../../bench/session.ts";
import { type Actor, untilGone } from "./actor.ts";
import { answerOf } from "./answer.ts";

/** From what fits into one packet to what takes many turns to write. */
const LARGEST_BYTES = 600_000;
const AT_ONCE = 3;

/** Uploads files, several at once, some of them announced before. */
export class Photographer implements Actor {
  readonly #session: Session;
  /** What was acknowledged, by its name. */
  readonly #kept = new Map<string, Buffer>();
  /** What was announced, whether or not its bytes were acknowledged. */
  readonly #announced = new Map<string, Buffer>();

  constructor(session: Session) {
    this.#session = session;
  }

  get count(): number {
    return this.#kept.size;
  }

  async act(isOver: () => boolean): Promise<void> {
    const upload = async (): Promise<void> => await untilGone(isOver, async () => await this.#uploadOne());
    await Promise.all(Array.from({ length: AT_ONCE }, upload));
  }

  /** Every acknowledged file is there, byte for byte; of the others all is there or nothing. */
  async check(): Promise<void> {
    for (const [name, bytes] of this.#kept) await this.#assertWhole(name, bytes);
    for (const [name, bytes] of this.#announced) {
      const answer = await answerOf(this.#session.media(name, "download", "?timeout_ms=0"));
      if (answer === "200") await this.#assertWhole(name, bytes);
      else assert.equal(answer, "504 M_NOT_YET_UPLOADED");
    }
    this.#announced.clear();
    await this.#uploadOne();
  }

  async #assertWhole(name: string, bytes: Buffer): Promise<void> {
    const received = await this.#session.media(name);
    assert.ok(received.equals(bytes), `${name}: ${received.length} bytes of ${bytes.length}, or others`);
  }

  async #uploadOne(): Promise<void> {
    const bytes = randomBytes(randomInt(1, LARGEST_BYTES));
    if (randomInt(2) === 0) {
      this.#kept.set(await this.#session.upload(bytes), bytes);
      return;
    }
    const name = await this.#session.announceMedium();
    this.#announced.set(name, bytes);
    await this.#session.uploadTo(name, bytes);
    this.#kept.set(name, bytes);
  }
}
