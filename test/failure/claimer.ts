import assert from "node:assert/strict";
import { at, textAt } from "../../bench/read-json.ts";
import type { Session } from "../../bench/session.ts";
import { type Actor, untilGone } from "./actor.ts";

const ALGORITHM = "signed_curve25519";
const AT_ONCE = 4;
const KEYS_OF_UPLOAD = 50;

/** Several who claim the one-time keys of one device at once, while it uploads new ones. */
export class Claimer implements Actor {
  readonly #owner: Session;
  readonly #claimer: Session;
  #deviceId = "";
  /** The IDs of the keys that were given out. */
  readonly #given = new Set<string>();
  /** Keys whose upload was answered; and those of uploads that never were. */
  #uploaded = 0;
  #unanswered = 0;
  /** Claims that were never answered: a key of each may be gone. */
  #lostClaims = 0;

  constructor(owner: Session, claimer: Session) {
    this.#owner = owner;
    this.#claimer = claimer;
  }

  async act(isOver: () => boolean): Promise<void> {
    await Promise.all([
      untilGone(isOver, async () => await this.#upload()),
      ...Array.from({ length: AT_ONCE }, async () => await untilGone(isOver, async () => await this.#claim())),
    ]);
  }

  /** No key is given out twice (see `#claim`), and as many are left as were not. */
  async check(): Promise<void> {
    const answer = await this.#owner.sync();
    const left = Number(at(answer, "device_one_time_keys_count", ALGORITHM));
    const most = this.#uploaded + this.#unanswered - this.#given.size;
    const least = this.#uploaded - this.#given.size - this.#lostClaims;
    assert.ok(least <= left && left <= most, `${left} keys are left, not ${least} to ${most}`);
    await this.#claim();
  }

  async #upload(): Promise<void> {
    this.#deviceId ||= textAt(await this.#owner.request("GET", "account/whoami"), "device_id");
    if (this.#uploaded - this.#given.size > KEYS_OF_UPLOAD) return await this.#claim();
    const first = this.#uploaded + this.#unanswered;
    const keys = Array.from({ length: KEYS_OF_UPLOAD }, (_, n) => [
      `${ALGORITHM}:${first + n}`,
      { key: `${first + n}`, signatures: {} },
    ]);
    this.#unanswered += KEYS_OF_UPLOAD;
    await this.#owner.request("POST", "keys/upload", { one_time_keys: Object.fromEntries(keys) });
    this.#unanswered -= KEYS_OF_UPLOAD;
    this.#uploaded += KEYS_OF_UPLOAD;
  }

  async #claim(): Promise<void> {
    const one_time_keys = { [this.#owner.userId]: { [this.#deviceId]: ALGORITHM } };
    this.#lostClaims += 1;
    const answer = await this.#claimer.request("POST", "keys/claim", { one_time_keys });
    this.#lostClaims -= 1;
    const keys = at(answer, "one_time_keys", this.#owner.userId, this.#deviceId);
    for (const keyId of Object.keys(keys ?? {})) {
      assert.ok(!this.#given.has(keyId), `${keyId} was given out twice`);
      this.#given.add(keyId);
    }
  }
}
