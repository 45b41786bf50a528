/**
 * Joins, leaves, key uploads and restarts in any order, beside a model that remembers who shared rooms with whom after
 * each of them: what `/sync` and `/keys/changes` tell since any earlier token is exactly what the model says.
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { path, type SyncJson, type TestClient } from "../../../test/support/client.ts";
import { parseSyncToken } from "../../engine/streams/sync-token.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { uploadDeviceKeys } from "./testing.ts";

const it = homeserverTests();

const ROOMS = 3;
const RUNS = { sqlite: 20, postgresql: 5 };

/** By user, the users with whom a room is shared. */
type Sharing = readonly ReadonlySet<number>[];

/** What must be so. */
class Model {
  readonly rooms = Array.from({ length: ROOMS }, () => new Set<number>());
  /** After each thing that happened; moments are indices into it. */
  readonly #past: Sharing[] = [];
  readonly #changedAt: number[];

  constructor(userCount: number) {
    this.#changedAt = Array.from({ length: userCount }, () => 0);
    this.#note();
  }

  get userCount(): number {
    return this.#changedAt.length;
  }

  get now(): number {
    return this.#past.length - 1;
  }

  isIn(user: number, room: number): boolean {
    return this.rooms[room]?.has(user) === true;
  }

  join(user: number, room: number): void {
    this.rooms[room]?.add(user);
    this.#note();
  }

  leave(user: number, room: number): void {
    this.rooms[room]?.delete(user);
    this.#note();
  }

  changeKeys(user: number): void {
    this.#note();
    this.#changedAt[user] = this.now;
  }

  /** What a user is told from one moment to another; keys that changed later are among it. */
  news(user: number, from: number, to: number = this.now): { changed: number[]; left: number[] } {
    const before = this.#past[from]?.[user] ?? new Set();
    const shared = this.#past[to]?.[user] ?? new Set();
    const isNews = (other: number): boolean => !before.has(other) || (this.#changedAt[other] ?? 0) > from;
    const own = (this.#changedAt[user] ?? 0) > from ? [user] : [];
    return { changed: [...own, ...[...shared].filter(isNews)], left: [...before.difference(shared)] };
  }

  #note(): void {
    const users = Array.from({ length: this.userCount }, (_, user) => user);
    const shares = (a: number, b: number): boolean => this.rooms.some((room) => room.has(a) && room.has(b));
    this.#past.push(users.map((user) => new Set(users.filter((other) => other !== user && shares(user, other)))));
  }
}

interface Token {
  readonly text: string;
  readonly moment: number;
}

/** The same on a server. */
class Real {
  readonly homeserver: TestHomeserver;
  readonly clients: TestClient[];
  readonly roomIds: readonly string[];
  /** All tokens that each user has ever had. */
  readonly tokens: Token[][];
  nameCount = 0;

  private constructor(homeserver: TestHomeserver, clients: TestClient[], roomIds: readonly string[]) {
    this.homeserver = homeserver;
    this.clients = clients;
    this.roomIds = roomIds;
    this.tokens = clients.map(() => []);
  }

  /** The first user is in all rooms. */
  static async make(homeserver: TestHomeserver, model: Model): Promise<Real> {
    const clients: TestClient[] = [];
    for (let user = 0; user < model.userCount; user++) clients.push(await homeserver.register("user"));
    const [host] = clients;
    assert.ok(host);
    const roomIds: string[] = [];
    for (let room = 0; room < ROOMS; room++) {
      roomIds.push(await host.createRoom({ preset: "public_chat" }));
      model.join(0, room);
    }
    const real = new Real(homeserver, clients, roomIds);
    for (const user of clients.keys()) await real.sync(user, model);
    return real;
  }

  client(user: number): TestClient {
    const client = this.clients[user];
    assert.ok(client);
    return client;
  }

  /** The user's last token, or one before it. */
  token(user: number, back: number): Token {
    const tokens = this.tokens[user] ?? [];
    const token = tokens.at(-1 - (back % tokens.length));
    assert.ok(token);
    return token;
  }

  roomId(room: number): string {
    return this.roomIds[room] ?? "";
  }

  /** Syncs from one of the user's tokens, and compares. */
  async sync(user: number, model: Model, from?: Token): Promise<void> {
    const wishes = from ? { since: from.text } : {};
    const answer = await this.client(user).sync(wishes);
    this.tokens[user]?.push({ text: answer.next_batch, moment: model.now });
    if (!from) assert.equal(answer.device_lists, undefined);
    else this.#check(answer.device_lists, model.news(user, from.moment));
  }

  /** Asks what happened between two of the user's tokens, and compares. */
  async askForChanges(user: number, model: Model, [from, to]: readonly [Token, Token]): Promise<void> {
    const query = new URLSearchParams({ from: from.text, to: to.text }).toString();
    const isEmpty = parseSyncToken(from.text)?.position === parseSyncToken(to.text)?.position;
    const expected = isEmpty ? { changed: [], left: [] } : model.news(user, from.moment, to.moment);
    this.#check(await this.client(user).get(`keys/changes?${query}`), expected);
  }

  #check(news: SyncJson["device_lists"], expected: { changed: number[]; left: number[] }): void {
    const idsOf = (users: readonly number[]) => users.map((user) => this.client(user).userId).toSorted();
    const { changed, left } = news ?? { changed: [], left: [] };
    const told = { changed: changed.toSorted(), left: left.toSorted() };
    assert.deepEqual(told, { changed: idsOf(expected.changed), left: idsOf(expected.left) });
  }
}

type Command = fc.AsyncCommand<Model, Real, true>;

const step = (name: string, check: (model: Readonly<Model>) => boolean, run: Command["run"]): Command => ({
  check: async (model) => check(model),
  run,
  toString: () => name,
});

const user = fc.nat({ max: 3 });
const room = fc.nat({ max: ROOMS - 1 });

const join = fc.tuple(user, room).map(([who, where]) =>
  step(
    `${who} joins ${where}`,
    (model) => who < model.userCount && !model.isIn(who, where) && (model.rooms[where]?.size ?? 0) > 0,
    async (model, real) => {
      await real.client(who).join(real.roomId(where));
      model.join(who, where);
    },
  ),
);

const leave = fc.tuple(user, room).map(([who, where]) =>
  step(
    `${who} leaves ${where}`,
    (model) => model.isIn(who, where),
    async (model, real) => {
      await real.client(who).leave(real.roomId(where));
      model.leave(who, where);
    },
  ),
);

/** Those who made the rooms may. */
const kick = fc.tuple(fc.integer({ min: 1, max: 3 }), room).map(([who, where]) =>
  step(
    `${who} is kicked from ${where}`,
    (model) => model.isIn(who, where) && model.isIn(0, where),
    async (model, real) => {
      await real.client(0).tell("kick", real.roomId(where), real.client(who));
      model.leave(who, where);
    },
  ),
);

const rename = user.map((who) =>
  step(
    `${who} is renamed`,
    (model) => who < model.userCount,
    async (_model, real) => {
      const client = real.client(who);
      await client.put(path`profile/${client.userId}/displayname`, { displayname: `${++real.nameCount}` });
    },
  ),
);

const upload = user.map((who) =>
  step(
    `${who} has new keys`,
    (model) => who < model.userCount,
    async (model, real) => {
      await uploadDeviceKeys(real.client(who));
      model.changeKeys(who);
    },
  ),
);

/** A new device, and an end of the one before. */
const move = user.map((who) =>
  step(
    `${who} moves to another device`,
    (model) => who < model.userCount,
    async (model, real) => {
      const former = real.client(who);
      real.clients[who] = await real.homeserver.otherDeviceOf(former);
      await former.post("logout");
      model.changeKeys(who);
    },
  ),
);

const restart = fc.constant(
  step(
    "restart",
    () => true,
    async (_model, real) => await real.homeserver.restart(),
  ),
);

const sync = fc.tuple(user, fc.nat({ max: 30 })).map(([who, back]) =>
  step(
    `${who} syncs from ${back} tokens ago`,
    (model) => who < model.userCount,
    async (model, real) => await real.sync(who, model, real.token(who, back)),
  ),
);

const ask = fc.tuple(user, fc.nat({ max: 30 }), fc.nat({ max: 30 })).map(([who, back, further]) =>
  step(
    `${who} asks for changes from ${back + further} to ${back} tokens ago`,
    (model) => who < model.userCount,
    async (model, real) => {
      const tokens = [real.token(who, back + further), real.token(who, back)] as const;
      if (tokens[0].moment <= tokens[1].moment) await real.askForChanges(who, model, tokens);
    },
  ),
);

const weighted = <T>(arbitrary: T, weight: number): T[] => Array.from({ length: weight }, () => arbitrary);

const commands = fc.commands(
  [
    ...weighted(join, 4),
    ...weighted(leave, 3),
    kick,
    rename,
    ...weighted(upload, 2),
    move,
    restart,
    ...weighted(sync, 5),
    ...weighted(ask, 2),
  ],
  { size: "max", maxCommands: 30 },
);

it("whoever comes, goes and changes keys: the news since any token are what a model says", async (homeserver) => {
  const users = fc.integer({ min: 2, max: 4 });
  await fc.assert(
    fc.asyncProperty(users, commands, async (userCount, taken) => {
      const model = new Model(userCount);
      const real = await Real.make(homeserver, model);
      await fc.asyncModelRun(() => ({ model, real }), taken);
      // Each of these adds a token.
      for (const who of real.clients.keys())
        for (const from of real.tokens[who]?.slice() ?? []) await real.sync(who, model, from);
    }),
    { numRuns: RUNS[homeserver.databaseKind] },
  );
});
