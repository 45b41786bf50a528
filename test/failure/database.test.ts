/** The database goes away, or its disk is full: requests are told so, nothing breaks, and all is well when it is back. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { HomeserverClient } from "../../bench/client.ts";
import { textAt } from "../../bench/read-json.ts";
import { register } from "../../bench/registration.ts";
import { encode, type Session } from "../../bench/session.ts";
import { type OwnPostgresServer, startOwnPostgres } from "../support/postgres.ts";
import { startServer } from "../support/server.ts";
import { answerOf, untilAnswered } from "./answer.ts";
import { readHistory } from "./history.ts";
import { scarceDisks } from "./scarce-disk.ts";
import { checkStateAgrees } from "./state-agreement.ts";

const UNAVAILABLE = "503 M_UNKNOWN";
/** No request waits longer for a database that is gone. */
const ANSWER_LIMIT_MS = 10_000;
const BACK_LIMIT_MS = 15_000;
const SENDERS = 8;
const timeout = 120_000;

for (const [how, makeDisk] of scarceDisks()) {
  test(`on SQLite, without space (${how}) writes are unavailable and reads go on`, { timeout }, async () => {
    using disk = makeDisk();
    await using server = await startServer({ config: { data_dir: disk.folder } });
    await using client = new HomeserverClient(server.baseUrl);
    const user = await register(client, "user", undefined);
    const ledger = new Ledger(user, await user.createRoom());
    for (let count = 0; count < 10; count += 1) assert.equal(await ledger.send(), "200");
    const { pid = 0 } = server;
    disk.fill(pid, join(disk.folder, "heddle.db-wal"));

    const answers = [];
    for (let count = 0; count < 40; count += 1) answers.push(await ledger.send());
    assert.equal(answers.at(-1), UNAVAILABLE);
    assert.deepEqual([...new Set(answers)].toSorted(), answers[0] === "200" ? ["200", UNAVAILABLE] : [UNAVAILABLE]);
    const room = { topic: "nowhere to put it" };
    assert.equal(await answerOf(ledger.setTopic(room)), UNAVAILABLE);
    assert.equal(await answerOf(user.createRoom()), UNAVAILABLE);
    await ledger.check();

    disk.free(pid);
    await untilAnswered(async () => await ledger.setTopic({ topic: "space" }), BACK_LIMIT_MS);
    assert.equal(await ledger.send(), "200");
    await ledger.check();
    assert.equal(server.pid, pid, "the server was not started again");
    await server.kill();
    await server.start();
    await ledger.check();
  });
}

test("PostgreSQL stopped under load: requests are told, and all goes on when it is back", { timeout }, async () => {
  await surviveOutages(async (postgres) => await postgres.stop());
});

test("PostgreSQL killed under load: nothing acknowledged is lost, and the server goes on", { timeout }, async () => {
  await surviveOutages(async (postgres) => await postgres.kill());
});

async function surviveOutages(end: (postgres: OwnPostgresServer) => Promise<void>): Promise<void> {
  await using postgres = await startOwnPostgres({ isDurable: true });
  await using server = await startServer({ database: postgres.url });
  await using client = new HomeserverClient(server.baseUrl);
  const user = await register(client, "user", undefined);
  const ledgers: Ledger[] = [];
  for (let index = 0; index < SENDERS; index += 1) ledgers.push(new Ledger(user, await user.createRoom()));
  const { pid } = server;
  for (let outage = 0; outage < 2; outage += 1) {
    let isOver = false;
    const ending = endUnderLoad();
    const answers = (await Promise.all(ledgers.map(async (ledger) => await ledger.sendUntil(() => isOver)))).flat();
    await ending;
    assert.deepEqual([...new Set(answers)].toSorted(), ["200", UNAVAILABLE], server.log.slice(-2000));
    for (const ledger of ledgers) {
      await untilAnswered(async () => await ledger.setTopic({ topic: `after outage ${outage}` }), BACK_LIMIT_MS);
      assert.equal(await ledger.send(), "200");
      await ledger.check();
    }
    async function endUnderLoad(): Promise<void> {
      await Promise.all(ledgers.map(async (ledger) => await ledger.whenCounted(ledger.count + 5)));
      await end(postgres);
      assert.equal(await answerOf(user.request("GET", "joined_rooms")), UNAVAILABLE);
      assert.equal(await answerOf(user.sync()), UNAVAILABLE);
      await postgres.start();
      isOver = true;
    }
  }
  assert.equal(server.pid, pid, "the server was not started again");
}

/** Sends messages to a room of its own and keeps the books. */
class Ledger {
  readonly #session: Session;
  readonly #roomId: string;
  /** What each message was answered: an event, or that it was not possible. */
  readonly #entries: (string | undefined)[] = [];
  #counted: { readonly count: number; readonly resolve: () => void } | undefined;

  constructor(session: Session, roomId: string) {
    this.#session = session;
    this.#roomId = roomId;
  }

  get count(): number {
    return this.#entries.length;
  }

  async whenCounted(count: number): Promise<void> {
    await new Promise<void>((resolve) => (this.#counted = { count, resolve }));
  }

  /** Sends the next message; answers what came of it. */
  async send(): Promise<string> {
    const number = this.#entries.length;
    const before = performance.now();
    const sent = this.#session.send(this.#roomId, String(number), `${this.#roomId}-${number}`);
    const answer = await answerOf(sent);
    const tookMs = performance.now() - before;
    assert.ok(tookMs < ANSWER_LIMIT_MS, `answered after ${tookMs.toFixed(0)} ms`);
    this.#entries.push(answer === "200" ? await sent : undefined);
    if (this.#counted && this.count >= this.#counted.count) this.#counted.resolve();
    return answer;
  }

  async sendUntil(isOver: () => boolean): Promise<string[]> {
    const answers: string[] = [];
    while (!isOver()) answers.push(await this.send());
    return answers;
  }

  async setTopic(content: { readonly topic: string }): Promise<string> {
    const path = encode`rooms/${this.#roomId}/state/m.room.topic/`;
    return textAt(await this.#session.request("PUT", path, content), "event_id");
  }

  /** What was acknowledged is there once and in order, what was refused is not, and the state agrees everywhere. */
  async check(): Promise<void> {
    const messages = (await readHistory(this.#session, this.#roomId)).filter(({ type }) => type === "m.room.message");
    const expected = this.#entries.flatMap((eventId, number) =>
      eventId === undefined ? [] : [[String(number), eventId]],
    );
    assert.deepEqual(
      messages.map(({ body, eventId }) => [body, eventId]),
      expected,
    );
    await checkStateAgrees(this.#session, this.#roomId);
  }
}
