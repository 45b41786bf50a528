/**
 * Everything at once: users come, go and change their keys while others follow them as clients do, who ask for the keys of
 * those that changed. Whatever came in between, in the end each client has the keys of all with whom it shares a room.
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { uploadDeviceKeys } from "./testing.ts";

const it = homeserverTests();

const ROOMS = 2;
/** Of a sync that has nothing to tell. */
const PATIENCE_MS = 100;
const RUNS = { sqlite: 10, postgresql: 3 };

/** Comes to the room or leaves it (a number), or changes the keys. */
const deed = fc.oneof(fc.nat({ max: ROOMS - 1 }), fc.constant("keys" as const));
const plans = fc.array(fc.array(deed, { minLength: 3, maxLength: 10 }), { minLength: 2, maxLength: 4 });

/** A client that knows keys of others, and asks again for those of whom it is told. */
class Pursuer {
  readonly #client: TestClient;
  readonly #known = new Map<string, string>();
  #since: string | undefined;

  constructor(client: TestClient) {
    this.#client = client;
  }

  async syncOnce(): Promise<void> {
    const since = this.#since === undefined ? {} : { since: this.#since };
    const answer = await this.#client.sync({ ...since, timeout: PATIENCE_MS });
    this.#since = answer.next_batch;
    const { changed, left } = answer.device_lists ?? { changed: [], left: [] };
    for (const userId of left) this.#known.delete(userId);
    for (const userId of changed) this.#known.set(userId, await keysOf(this.#client, userId));
  }

  /** The keys of the others, those of the own user aside. */
  get known(): Record<string, string> {
    const { userId: own } = this.#client;
    return Object.fromEntries([...this.#known].filter(([userId]) => userId !== own));
  }
}

/** A user of the plan, and in which rooms the user is. */
class Mover {
  readonly client: TestClient;
  readonly rooms = new Set<string>();

  constructor(client: TestClient) {
    this.client = client;
  }

  async act(plan: readonly (number | "keys")[], roomIds: readonly string[]): Promise<void> {
    for (const each of plan) {
      if (each === "keys") await uploadDeviceKeys(this.client);
      else await this.#toggle(roomIds[each] ?? "");
    }
  }

  async #toggle(roomId: string): Promise<void> {
    if (this.rooms.delete(roomId)) await this.client.leave(roomId);
    else {
      this.rooms.add(roomId);
      await this.client.join(roomId);
    }
  }
}

it("clients that follow know the keys of all with whom they share a room, and of nobody else", async (homeserver) => {
  await fc.assert(
    fc.asyncProperty(plans, async (taken) => await pursue(homeserver, taken)),
    {
      numRuns: RUNS[homeserver.databaseKind],
    },
  );
});

async function pursue(homeserver: TestHomeserver, taken: readonly (readonly (number | "keys")[])[]): Promise<void> {
  const host = await homeserver.register("host");
  const roomIds: string[] = [];
  for (let room = 0; room < ROOMS; room++) roomIds.push(await host.createRoom({ preset: "public_chat" }));
  const movers: Mover[] = [];
  for (let index = 0; index < taken.length; index++) movers.push(new Mover(await homeserver.register("mover")));
  const pursuers = [host, ...movers.map(({ client }) => client)].map((client) => new Pursuer(client));
  for (const each of pursuers) await each.syncOnce();
  const end = new AbortController();
  const pursuing = pursuers.map(async (each) => {
    while (!end.signal.aborted) await each.syncOnce();
    await each.syncOnce();
  });
  await Promise.all(movers.map(async (mover, index) => await mover.act(taken[index] ?? [], roomIds)));
  end.abort();
  await Promise.all(pursuing);
  const [ofHost, ...ofMovers] = pursuers.map(({ known }) => known);
  const present = movers.filter(({ rooms }) => rooms.size > 0);
  assert.deepEqual(ofHost, await keysOfAll(host, present));
  for (const [index, mover] of movers.entries()) {
    const shared = present.filter((other) => other !== mover && !other.rooms.isDisjointFrom(mover.rooms));
    const expected = await keysOfAll(mover.client, shared);
    if (mover.rooms.size > 0) expected[host.userId] = await keysOf(mover.client, host.userId);
    assert.deepEqual(ofMovers[index], expected);
  }
}

async function keysOfAll(client: TestClient, others: readonly Mover[]): Promise<Record<string, string>> {
  const userIds = others.map((other) => other.client.userId);
  const keys = await Promise.all(userIds.map(async (userId) => [userId, await keysOf(client, userId)] as const));
  return Object.fromEntries(keys);
}

async function keysOf(client: TestClient, userId: string): Promise<string> {
  const { device_keys: keys } = await client.post<{ device_keys: object }>("keys/query", {
    device_keys: { [userId]: [] },
  });
  return JSON.stringify(keys);
}
