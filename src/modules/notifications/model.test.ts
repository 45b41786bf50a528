/** Anything that may happen, one after the other, beside a model that counts by looking at everything every time. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { path, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { countsIn } from "./testing.ts";

const it = homeserverTests();

const THREADED = { room: { timeline: { unread_thread_notifications: true } } };
const RULES = ["keyword", "mute", "silent"] as const;

interface Said {
  readonly eventId: string;
  readonly by: number;
  /** `main`, or the event ID of the root. */
  readonly thread: string;
  readonly mentions: number;
  readonly hasKeyword: boolean;
  isRedacted: boolean;
}

const user = fc.nat({ max: 2 });
const place = fc.nat({ max: 30 });
const say = fc.record({
  kind: fc.constant("say" as const),
  by: user,
  root: fc.option(place),
  mentions: user,
  hasKeyword: fc.boolean(),
});
const read = fc.record({
  kind: fc.constant("read" as const),
  by: user,
  at: place,
  isPrivate: fc.boolean(),
  isThreaded: fc.boolean(),
});
const redact = fc.record({ kind: fc.constant("redact" as const), at: place });
const toggle = fc.record({ kind: fc.constant("toggle" as const), by: user, rule: fc.constantFrom(...RULES) });
const look = fc.record({ kind: fc.constant("look" as const), by: user });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: say },
    { weight: 3, arbitrary: read },
    { weight: 1, arbitrary: redact },
    { weight: 1, arbitrary: toggle },
    { weight: 3, arbitrary: look },
  ),
  { minLength: 10, maxLength: 40 },
);
type Step = Extract<typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never, object>;

/** What a user has read and by which rules the user goes. */
class Reader {
  readonly client: TestClient;
  readonly rules = new Set<(typeof RULES)[number]>();
  readonly readUpTo = new Map<string, number>();
  since: string | undefined;
  told = "";

  constructor(client: TestClient) {
    this.client = client;
  }

  read(thread: string, at: number): void {
    this.readUpTo.set(thread, Math.max(this.readUpTo.get(thread) ?? -1, at));
  }

  /** Notifications and highlights of one event. */
  weigh(event: Said, index: number): readonly [number, number] {
    if (event.isRedacted || this.rules.has("mute")) return [0, 0];
    if (event.mentions === index || (this.rules.has("keyword") && event.hasKeyword)) return [1, 1];
    return [this.rules.has("silent") ? 0 : 1, 0];
  }
}

class World {
  readonly roomId: string;
  readonly readers: readonly Reader[];
  readonly said: Said[] = [];
  #txnCount = 0;

  constructor(roomId: string, clients: readonly TestClient[]) {
    this.roomId = roomId;
    this.readers = clients.map((client) => new Reader(client));
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case "say":
        await this.#say(step);
        break;
      case "read":
        await this.#read(step);
        break;
      case "redact":
        await this.#redact(step.at);
        break;
      case "toggle":
        await this.#toggle(step.by, step.rule);
        break;
      case "look":
        await this.look(step.by);
        break;
      default:
        step satisfies never;
    }
  }

  /** Syncs from where the user stands; what was told last must be what the model counts. */
  async look(index: number): Promise<void> {
    const reader = this.#reader(index);
    const wishes = reader.since === undefined ? {} : { since: reader.since };
    const answer = await reader.client.sync({ ...wishes, filter: THREADED });
    reader.since = answer.next_batch;
    reader.told = countsIn(answer, this.roomId) ?? reader.told;
    assert.equal(sorted(reader.told), this.#expected(index), `what user ${index} was told`);
  }

  async lookFromTheStart(index: number): Promise<void> {
    const answer = await this.#reader(index).client.sync({ filter: THREADED });
    assert.equal(sorted(countsIn(answer, this.roomId) ?? ""), this.#expected(index));
  }

  #reader(index: number): Reader {
    const reader = this.readers[index];
    assert.ok(reader);
    return reader;
  }

  #expected(index: number): string {
    const reader = this.#reader(index);
    const counts = new Map<string, readonly [number, number]>([["main", [0, 0]]]);
    for (const [at, event] of this.said.entries()) {
      const { thread, by } = event;
      const floor = Math.max(reader.readUpTo.get("") ?? -1, reader.readUpTo.get(thread) ?? -1);
      if (by === index || at <= floor) continue;
      const [notify, highlight] = reader.weigh(event, index);
      const [all, highlights] = counts.get(thread) ?? [0, 0];
      counts.set(thread, [all + notify, highlights + highlight]);
    }
    const texts = [...counts].filter(([thread, [all]]) => thread === "main" || all > 0).map(([, two]) => two.join("/"));
    return sorted(texts.join(" "));
  }

  async #say({ by, root, mentions, hasKeyword }: Extract<Step, { kind: "say" }>): Promise<void> {
    const rootEvent = root === null ? undefined : this.said[root];
    const thread = rootEvent?.thread === "main" ? rootEvent.eventId : "main";
    const content = {
      msgtype: "m.text",
      body: hasKeyword ? "cake for all" : "hello",
      "m.mentions": { user_ids: [this.#reader(mentions).client.userId] },
      ...(thread === "main" ? {} : { "m.relates_to": { rel_type: "m.thread", event_id: thread } }),
    };
    const to = path`rooms/${this.roomId}/send/m.room.message/${`t${++this.#txnCount}`}`;
    const { event_id: eventId } = await this.#reader(by).client.put(to, content);
    this.said.push({ eventId, by, thread, mentions, hasKeyword, isRedacted: false });
    this.#reader(by).read(thread, this.said.length - 1);
  }

  async #read({ by, at, isPrivate, isThreaded }: Extract<Step, { kind: "read" }>): Promise<void> {
    const event = this.said[at];
    if (!event || event.isRedacted) return;
    const type = isPrivate ? "m.read.private" : "m.read";
    const body = isThreaded ? { thread_id: event.thread } : {};
    const { client } = this.#reader(by);
    await client.post(path`rooms/${this.roomId}/receipt/${type}/${event.eventId}`, body);
    this.#reader(by).read(isThreaded ? event.thread : "", at);
  }

  async #redact(at: number): Promise<void> {
    const event = this.said[at];
    if (!event || event.isRedacted) return;
    const { client } = this.#reader(event.by);
    await client.put(path`rooms/${this.roomId}/redact/${event.eventId}/${`r${++this.#txnCount}`}`);
    event.isRedacted = true;
  }

  async #toggle(by: number, rule: (typeof RULES)[number]): Promise<void> {
    const { client, rules } = this.#reader(by);
    const isOn = !rules.has(rule);
    if (isOn) rules.add(rule);
    else rules.delete(rule);
    if (rule === "silent") {
      const actions = isOn ? [] : ["notify"];
      await client.put("pushrules/global/underride/.m.rule.message/actions", { actions });
      await client.put("pushrules/global/underride/.m.rule.room_one_to_one/actions", { actions });
      return;
    }
    const at = rule === "mute" ? path`pushrules/global/override/mute` : path`pushrules/global/content/cake`;
    if (!isOn) await client.delete(at);
    else if (rule === "mute") {
      const conditions = [{ kind: "event_match", key: "room_id", pattern: this.roomId }];
      await client.put(at, { actions: [], conditions });
    } else await client.put(at, { actions: ["notify", { set_tweak: "highlight" }], pattern: "cake" });
  }
}

/** Threads come in any order. */
function sorted(counts: string): string {
  const [main = "", ...threads] = counts.split(" ");
  return [main, ...threads.toSorted()].join(" ");
}

it("whatever is said, read, redacted and set: what clients are told is what a model counts", async (homeserver) => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const clients = [
        await homeserver.register("alice"),
        await homeserver.register("bob"),
        await homeserver.register("carol"),
      ];
      const [alice, ...others] = clients;
      assert.ok(alice);
      const roomId = await alice.createRoom({ preset: "public_chat" });
      for (const other of others) await other.join(roomId);
      const world = new World(roomId, clients);
      for (const step of taken) await world.take(step);
      for (const index of clients.keys()) {
        await world.look(index);
        await world.lookFromTheStart(index);
      }
    }),
    { numRuns: 12 },
  );
});
