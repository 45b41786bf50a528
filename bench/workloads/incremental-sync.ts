import { medianMs, perSecond, runLoad, runWarmLoad, type Worker } from "../load.ts";
import { textAt } from "../read-json.ts";
import { roomOf } from "../rooms.ts";
import type { Session } from "../session.ts";
import type { Workload } from "../workload.ts";

const PAIRS = 8;
const POLL_MS = 5000;

/** Two who talk: one sends, the other one syncs. */
export const incrementalSync: Workload = {
  name: "incremental-sync",
  description: `${PAIRS} pairs in rooms of their own: one sends, the other syncs until it has seen that event; one pair alone; then ${PAIRS} users who sync where nothing is new, without waiting.`,

  async run(context) {
    const users = await context.accounts.fresh(PAIRS * 2);
    const pairs: Pair[] = [];
    for (let index = 0; index < PAIRS; index += 1) pairs.push(await Pair.of(users.slice(index * 2, index * 2 + 2)));
    const together = await runWarmLoad(
      context,
      pairs.map((pair) => pair.sendAndSync),
    );
    const alone = await runLoad(context, [pairs[0]?.sendAndSync ?? idle], { seconds: context.seconds });
    const idling = await runWarmLoad(
      context,
      pairs.map((pair) => pair.syncNothing),
    );
    return [
      perSecond("incremental-sync", `send + sync of 1 event, ${PAIRS} pairs`, together),
      medianMs("incremental-sync", "send + sync of 1 event, 1 pair, p50", alone),
      perSecond("incremental-sync", `sync with nothing new, ${PAIRS} at once`, idling),
    ];
  },
};

const idle: Worker = async () => {};

class Pair {
  readonly #sender: Session;
  readonly #reader: Session;
  readonly #roomId: string;
  #since: string;

  private constructor(users: readonly [Session, Session], roomId: string, since: string) {
    [this.#sender, this.#reader] = users;
    this.#roomId = roomId;
    this.#since = since;
  }

  static async of(users: readonly Session[]): Promise<Pair> {
    const [sender, reader] = users;
    if (!sender || !reader) throw new Error("a pair has two");
    const roomId = await roomOf([sender, reader]);
    return new Pair([sender, reader], roomId, textAt(await reader.sync(), "next_batch"));
  }

  readonly sendAndSync: Worker = async (round) => {
    const eventId = await this.#sender.send(this.#roomId, `message ${round}`);
    for (;;) {
      const answer = await this.#reader.syncText({ since: this.#since, timeoutMs: POLL_MS });
      this.#since = textAt(JSON.parse(answer), "next_batch");
      if (answer.includes(eventId)) return;
    }
  };

  readonly syncNothing: Worker = async () => {
    this.#since = textAt(await this.#reader.sync({ since: this.#since }), "next_batch");
  };
}
