import { openEngineForTest, type TestEngine } from "../../engine/rooms/testing.ts";
import { cheapPasswords } from "../../engine/users/testing.ts";
import { createUsers, type Users } from "../../engine/users/users.ts";
import type { Database } from "../../store/sql.ts";
import type { SyncWord } from "./device.ts";
import { presenceNews } from "./news.ts";
import { Presences } from "./presences.ts";

/** Presence over a real engine whose clock stands still, for tests of what time does. */
export class TestPresence implements Disposable {
  readonly engine: TestEngine;
  readonly users: Users;
  readonly presences: Presences;

  private constructor(engine: TestEngine) {
    const { database: sql, partitions, clock } = engine;
    this.engine = engine;
    this.users = createUsers({ sql, partitions, clock, passwords: cheapPasswords, background: forget });
    this.presences = new Presences({ ...engine, sql, users: this.users, profileOf: async () => ({}) });
  }

  static async open(database: Database): Promise<TestPresence> {
    return new TestPresence(await openEngineForTest(database));
  }

  /** A sync of the user's only device, answered at once. */
  async sync(userId: string, word?: SyncWord | "offline"): Promise<void> {
    using _ = await this.presences.sync({ userId, deviceId: "D" }, word);
  }

  /** Time passes, and is looked at. */
  pass(milliseconds: number): void {
    this.engine.clock.advance(milliseconds);
    this.presences.sweep();
    this.presences.teller.tell();
  }

  /** `online active`, `online`, `unavailable` or `offline`: what others are shown. */
  shown(userId: string): string {
    const { state, isActive } = this.presences.get(userId)?.shown ?? { state: "offline", isActive: false };
    return isActive ? `${state} active` : state;
  }

  /** Of whom the feed of a user has news since an ephemeral serial, with the state. */
  async news(userId: string, ephemeral: number): Promise<string[]> {
    const { streams, clock, database } = this.engine;
    const since = { ...streams.now, ephemeral };
    const changes = (await streams.feed(userId)).changesSince(since);
    if (changes?.length === 0) return [];
    const needs = { presences: this.presences, streams, sql: database, clock, ignoredBy: nobody };
    const events = await presenceNews(needs, { userId, since, changes });
    return events.map(({ sender, content }) => `${sender} ${JSON.stringify(content["presence"])}`);
  }

  [Symbol.dispose](): void {
    this.presences[Symbol.dispose]();
  }
}

const nobody = async (): Promise<ReadonlySet<string>> => new Set();

const forget = (_name: string, work: Promise<unknown>): void => void work;
