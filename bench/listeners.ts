import { setTimeout as wait } from "node:timers/promises";
import { at, listAt, textAt } from "./read-json.ts";
import type { Session } from "./session.ts";

const POLL_MS = 30_000;
/** Later than this a message counts as not delivered. */
const PATIENCE_MS = 5000;
const RETRY_MS = 200;
const FILTER = { presence: { types: [] }, room: { state: { lazy_load_members: true }, timeline: { limit: 50 } } };

/** Users who wait in long polls, and note when they got which event. */
export class Listeners implements AsyncDisposable {
  readonly #stopped = new AbortController();
  readonly #receivedAt: readonly Map<string, number>[];
  readonly #loops: readonly Promise<void>[];

  private constructor(members: readonly Session[], tokens: readonly string[]) {
    this.#receivedAt = members.map(() => new Map());
    this.#loops = members.map(async (member, index) => await this.#listen(member, index, tokens[index] ?? ""));
  }

  /** All have synced once and wait for what comes. */
  static async start(members: readonly Session[]): Promise<Listeners> {
    const tokens: string[] = [];
    for (const member of members) tokens.push(textAt(await member.sync({ filter: FILTER }), "next_batch"));
    return new Listeners(members, tokens);
  }

  /** Returns when everybody has all these events, or when patience ends. */
  async whenAllHave(eventIds: readonly string[]): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    const isMissing = () => this.#receivedAt.some((received) => eventIds.some((id) => !received.has(id)));
    while (isMissing() && performance.now() < end) await wait(20);
  }

  /** From sending to receiving, for each event and listener. */
  latencies(sentAt: ReadonlyMap<string, number>): {
    readonly latenciesMs: readonly number[];
    readonly missing: number;
  } {
    const latenciesMs: number[] = [];
    let missing = 0;
    for (const received of this.#receivedAt) {
      for (const [eventId, sent] of sentAt) {
        const latency = (received.get(eventId) ?? Number.POSITIVE_INFINITY) - sent;
        if (latency <= PATIENCE_MS) latenciesMs.push(latency);
        else missing += 1;
      }
    }
    return { latenciesMs, missing };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#loops);
  }

  async #listen(member: Session, index: number, firstToken: string): Promise<void> {
    const { signal } = this.#stopped;
    let since = firstToken;
    while (!signal.aborted) {
      try {
        const answer = await member.sync({ since, timeoutMs: POLL_MS, filter: FILTER, signal });
        const now = performance.now();
        for (const room of Object.values(at(answer, "rooms", "join") ?? {})) this.#note(index, room, now);
        since = textAt(answer, "next_batch");
      } catch {
        // Aborted at the end; otherwise as a client does, after a moment once more: what is missing then is counted.
        if (!signal.aborted) await wait(RETRY_MS);
      }
    }
  }

  #note(index: number, room: unknown, now: number): void {
    for (const event of listAt(room, "timeline", "events"))
      this.#receivedAt[index]?.set(textAt(event, "event_id"), now);
  }
}
