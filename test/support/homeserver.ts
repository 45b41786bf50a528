/**
 * Whole homeservers for tests of endpoints, without sockets. `homeserverTests()` at the top of a test file gives the
 * function that defines its tests: each runs on SQLite and on PostgreSQL, all of a file share one server for each, and
 * every test makes its own users and rooms.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { pino } from "pino";
import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { type Assembled, assemble } from "../../src/homeserver.ts";
import { TestClient } from "./client.ts";
import { recordAnswers } from "./recorder.ts";
import { migratedSqlite } from "./migrated-sqlite.ts";
import { createPostgresDatabase, usesPostgres, withPostgres } from "./databases.ts";

/** Keys of the configuration file, instead of those for tests. */
export type Overrides = Readonly<Record<string, unknown>>;

/** A kind of database that homeservers run on. `create` gives what the configuration calls it. */
interface DatabaseForTest {
  readonly name: string;
  create(stack: AsyncDisposableStack): Promise<string>;
}

const sqlite: DatabaseForTest = { name: "SQLite", create: async () => "sqlite" };
const postgresql: DatabaseForTest = {
  name: "PostgreSQL",
  create: async (stack) => stack.use(await createPostgresDatabase()).url,
};

export const SERVER_NAME = "test";
const PASSWORD = "correct horse";

interface Started {
  /** SQLite by default. */
  readonly database?: DatabaseForTest;
  readonly overrides?: Overrides;
}

/** A homeserver named `test` with open registration, cheap passwords, no rate limits and no presence. */
export class TestHomeserver implements AsyncDisposable {
  readonly #config: Config;
  readonly #stack: AsyncDisposableStack;
  #assembled: Assembled;
  #userCount = 0;

  private constructor(config: Config, assembled: Assembled, stack: AsyncDisposableStack) {
    this.#config = config;
    this.#assembled = assembled;
    this.#stack = stack;
  }

  static async start({ database = sqlite, overrides = {} }: Started = {}): Promise<TestHomeserver> {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "heddle-test-"));
    stack.defer(async () => await rm(folder, { recursive: true, force: true }));
    const url = await database.create(stack);
    const config = testConfig(folder, { database: url, ...overrides });
    await prepareDatabase(config);
    return new TestHomeserver(config, await assembleQuietly(config), stack.move());
  }

  get databaseKind(): Config["database"]["kind"] {
    return this.#config.database.kind;
  }

  /** The account is made without HTTP. Names of different calls differ: `@alice1:test`, `@alice2:test`. */
  async register(name: string, { isGuest = false, isAdmin = false } = {}): Promise<TestClient> {
    const userId = `@${name}${++this.#userCount}:${SERVER_NAME}`;
    await this.#assembled.users.accounts.create({ userId, password: PASSWORD, isGuest, isAdmin });
    return await this.#logIn(userId);
  }

  /** Somebody who is not logged in. */
  anonymous(): TestClient {
    return new TestClient(() => this.#assembled.http, { userId: "", deviceId: "", token: "" });
  }

  /** Whoever has an access token that the test came by itself. */
  withToken(token: string): TestClient {
    return new TestClient(() => this.#assembled.http, { userId: "", deviceId: "", token });
  }

  /** What a browser gets that opens an address of the server, or sends a form there. */
  async browse(
    url: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly text: string; readonly location: string | undefined }> {
    const payload = form && new URLSearchParams(form).toString();
    const answer = await this.#assembled.http.inject({
      method: payload === undefined ? "GET" : "POST",
      url,
      ...(payload !== undefined && { payload, headers: { "content-type": "application/x-www-form-urlencoded" } }),
    });
    return { status: answer.statusCode, text: answer.payload, location: answer.headers.location };
  }

  /** Another device of the same user. */
  async otherDeviceOf(client: TestClient): Promise<TestClient> {
    return await this.#logIn(client.userId);
  }

  /** A new session of the same device, which is made again if it was logged out. */
  async sameDeviceOf(client: TestClient): Promise<TestClient> {
    return await this.#logIn(client.userId, client.deviceId);
  }

  /** Stops the server and starts it on the same data. Clients go on working. */
  async restart(): Promise<void> {
    await this.#assembled[Symbol.asyncDispose]();
    this.#assembled = await assembleQuietly(this.#config);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#assembled[Symbol.asyncDispose]();
    await this.#stack.disposeAsync();
  }

  async #logIn(userId: string, asDevice?: string): Promise<TestClient> {
    const started = await this.#assembled.users.sessions.start({ userId, deviceId: asDevice });
    const { accessToken: token, deviceId } = started;
    return new TestClient(() => this.#assembled.http, { userId, deviceId, token });
  }
}

/** The definition of tests that share a homeserver for each database (see `withPostgres`). */
export function homeserverTests(overrides: Overrides = {}) {
  const databases = withPostgres ? [sqlite, postgresql] : [sqlite];
  const servers = databases.map((database) => ({ database, server: once({ database, overrides }) }));
  // After the servers' own end: the databases go last.
  usesPostgres();
  // After both, since it may fail.
  recordAnswers();
  return (name: string, body: (homeserver: TestHomeserver) => Promise<void>): void => {
    for (const { database, server } of servers)
      test(`${name} (${database.name})`, async () => await body(await server()));
  };
}

/** Starts a homeserver when it is first asked for, and stops it at the end of the file. */
function once(started: Started): () => Promise<TestHomeserver> {
  let starting: Promise<TestHomeserver> | undefined;
  after(async () => await (await starting)?.[Symbol.asyncDispose]());
  return async () => await (starting ??= TestHomeserver.start(started));
}

/** Spares the server its migrations, which tests of their own run. */
async function prepareDatabase({ database }: Config): Promise<void> {
  if (database.kind !== "sqlite") return;
  await mkdir(dirname(database.file), { recursive: true, mode: 0o700 });
  await writeFile(database.file, await migratedSqlite(), { mode: 0o600 });
}

function testConfig(folder: string, overrides: Overrides): Config {
  const keys = {
    server_name: SERVER_NAME,
    data_dir: "data",
    listeners: [{ host: "127.0.0.1", port: 0 }],
    registration: { mode: "open", guests: true },
    rate_limits: "off",
    passwords: { memory_kib: 8, iterations: 1 },
    // Who comes online wakes clients up to a second later: tests that wait for something else would get that answer.
    presence: { enabled: false },
    ...overrides,
  };
  return parseConfig(JSON.stringify(keys), { file: "test.yaml", folder, environment: {} });
}

const assembleQuietly = async (config: Config): Promise<Assembled> =>
  await assemble(config, { logger: pino({ level: "silent" }) });
