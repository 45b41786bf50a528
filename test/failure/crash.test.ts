/** What a server acknowledged survives its sudden death, and that of its database. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { HomeserverClient } from "../../bench/client.ts";
import { register } from "../../bench/registration.ts";
import type { Session } from "../../bench/session.ts";
import { startOwnPostgres } from "../support/postgres.ts";
import type { RunningServer } from "../support/child-server.ts";
import { startServer } from "../support/server.ts";
import type { Actor } from "./actor.ts";
import { Claimer } from "./claimer.ts";
import { Courier } from "./courier.ts";
import { Keeper } from "./keeper.ts";
import { Observer } from "./observer.ts";
import { Redactor } from "./redactor.ts";
import { SeededRandom } from "./seeded-random.ts";
import { checkStateAgrees } from "./state-agreement.ts";
import { Builder, TopicSetter, Wanderer } from "./state-changers.ts";
import { Writer } from "./writer.ts";

const WRITERS = 6;
const START_LIMIT_MS = 5000;
/** The moment of death, counted from the first request of the load. */
const DEATH_MS = { earliest: 30, latest: 500 };
const timeout = 180_000;

test("on SQLite, what was acknowledged survives 20 deaths of the server", { timeout }, async (t) => {
  await using server = await startServer({ database: "sqlite" });
  const scene = await Scene.on(server);
  t.diagnostic(`the seed is ${scene.seed}`);
  for (let death = 0; death < 20; death += 1) await scene.dieAndCheck(async () => await server.kill());
  await scene.checkAll();
  t.diagnostic(`${scene.count} messages were acknowledged`);
});

test("on PostgreSQL, what was acknowledged survives 10 deaths of the server and 5 of the database", {
  timeout,
}, async (t) => {
  await using postgres = await startOwnPostgres({ isDurable: true });
  await using server = await startServer({ database: postgres.url });
  const scene = await Scene.on(server);
  t.diagnostic(`the seed is ${scene.seed}`);
  for (let death = 0; death < 10; death += 1) {
    await scene.dieAndCheck(async () => {
      if (death % 2 === 1) await postgres.kill();
      await server.kill();
      await postgres.start();
    });
  }
  await scene.checkAll();
  t.diagnostic(`${scene.count} messages were acknowledged`);
});

/** A server, and those who use it. */
class Scene {
  readonly #server: RunningServer;
  readonly #actors: readonly Actor[];
  readonly #writers: readonly Writer[];
  readonly #random = new SeededRandom();
  readonly #witness: Session;
  readonly #rooms: readonly string[];

  private constructor(server: RunningServer, users: readonly Session[], rooms: readonly [string, string]) {
    const [witness, topicSetter, wanderer, builder, redactor, keeper, ...writers] = users;
    assert.ok(witness && topicSetter && wanderer && builder && redactor && keeper);
    this.#server = server;
    this.#witness = witness;
    this.#rooms = rooms;
    this.#writers = writers.map((writer, index) => new Writer(writer, rooms[index % 2] ?? rooms[0]));
    const [first, second] = rooms;
    this.#actors = [
      ...this.#writers,
      new TopicSetter(topicSetter, first),
      new Wanderer(wanderer, second),
      new Builder(builder),
      new Redactor(redactor, first),
      new Keeper(keeper),
      new Courier(keeper, builder),
      new Claimer(wanderer, keeper),
      new Observer(witness, rooms),
    ];
  }

  static async on(server: RunningServer): Promise<Scene> {
    const client = new HomeserverClient(server.baseUrl);
    const users: Session[] = [];
    for (let index = 0; index < WRITERS + 6; index += 1) users.push(await register(client, `user${index}`, undefined));
    const [witness, topicSetter, , , redactor, , ...writers] = users;
    assert.ok(witness && topicSetter && redactor);
    const power_level_content_override = { users: { [topicSetter.userId]: 50, [witness.userId]: 100 } };
    const rooms: [string, string] = [
      await witness.createRoom({ preset: "public_chat", room_version: "11", power_level_content_override }),
      await witness.createRoom({ preset: "public_chat" }),
    ];
    for (const roomId of rooms) for (const user of [topicSetter, redactor, ...writers]) await user.join(roomId);
    return new Scene(server, users, rooms);
  }

  /** Decides the moments of death. */
  get seed(): number {
    return this.#random.seed;
  }

  get count(): number {
    return this.#writers.reduce((sum, { count }) => sum + count, 0);
  }

  /** Lets everybody act, kills, starts again, and lets everybody check. */
  async dieAndCheck(kill: () => Promise<void>): Promise<void> {
    let isDead = false;
    const acting = Promise.all(this.#actors.map(async (actor) => await actor.act(() => isDead)));
    await Promise.race([wait(this.#random.between(DEATH_MS.earliest, DEATH_MS.latest)), acting]);
    isDead = true;
    await kill();
    await acting;
    await this.#server.start();
    try {
      await this.#check();
    } catch (error) {
      throw new Error(`after a death; the server's log ends:\n${this.#server.log.slice(-3000)}`, { cause: error });
    }
  }

  async #check(): Promise<void> {
    const { startedInMs } = this.#server;
    assert.ok(startedInMs < START_LIMIT_MS, `ready after ${startedInMs.toFixed(0)} ms`);
    for (const actor of this.#actors) await actor.check();
    for (const roomId of this.#rooms) await checkStateAgrees(this.#witness, roomId);
  }

  /** Every message of every writer from the first one on. */
  async checkAll(): Promise<void> {
    for (const writer of this.#writers) await writer.checkAll();
  }
}
