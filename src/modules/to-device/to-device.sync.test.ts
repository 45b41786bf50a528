import assert from "node:assert/strict";
import { test } from "node:test";
import { eachDatabase } from "../../../test/support/databases.ts";
import type { SectionRequest } from "../../engine/streams/section.ts";
import { formatSyncToken, parseSyncToken, type SyncToken } from "../../engine/streams/sync-token.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import type { Database, Sql } from "../../store/sql.ts";
import { toDevice } from "./index.ts";
import { Queues } from "./queues.ts";
import { Sender, type ToDeviceChange } from "./sender.ts";
import { toDeviceSection } from "./to-device.sync.ts";

const userId = "@alice:test";
const device = { userId, deviceId: "A" };

/** Passes queries on, and counts them. */
class CountingSql implements Sql {
  readonly #sql: Sql;
  count = 0;
  constructor(sql: Sql) {
    this.#sql = sql;
  }
  get dialect(): Sql["dialect"] {
    return this.#sql.dialect;
  }
  readonly all: Sql["all"] = async (...query) => {
    this.count++;
    return await this.#sql.all(...query);
  };
  readonly get: Sql["get"] = async (...query) => {
    this.count++;
    return await this.#sql.get(...query);
  };
}

async function start(database: Database) {
  const parts = await createUsersForTest(database);
  const { partitions, users } = parts;
  await users.accounts.create({ userId, password: undefined });
  for (const deviceId of ["A", "B"]) await users.sessions.start({ userId, deviceId });
  const sql = new CountingSql(database);
  const open = () => toDeviceSection(new Queues({ sql, partitions }));
  const sender = new Sender({ ...parts, sql });
  const now = (): SyncToken => ({ position: partitions.position, ephemeral: 0 });
  const request = (since: SyncToken | undefined, over: Partial<SectionRequest> = {}): SectionRequest => ({
    ...device,
    since,
    acknowledged: since,
    now: now(),
    changes: undefined,
    keeps: () => true,
    ...over,
  });
  const send = async (key: string): Promise<void> =>
    await sender.send({ from: { userId, deviceId: "B" }, key, messages: [{ ...device, json: `"${key}"` }] });
  const rows = async (table: string): Promise<number> => (await database.all(`SELECT position FROM ${table}`)).length;
  return { ...parts, sql, open, now, request, send, rows };
}

eachDatabase("a device that was told all is not looked up again until a change is for it", async (database) => {
  const { sql, open, now, request, send } = await start(database);
  const section = open();
  assert.equal(section.isDue?.(device, now()), true);
  assert.deepEqual(await section.top?.(request(undefined)), {});
  const since = now();
  sql.count = 0;
  assert.equal(section.isDue?.(device, since), false);
  assert.deepEqual(await section.top?.(request(since, { changes: [] })), {});
  await send("x");
  const forB: ToDeviceChange = { kind: "to_device", position: since.position + 1, userId, deviceIds: ["B"] };
  assert.deepEqual(await section.top?.(request(since, { changes: [forB] })), {});
  assert.equal(sql.count, 0);
  const forA = { ...forB, deviceIds: ["A"] };
  assert.deepEqual(await section.top?.(request(since, { changes: [forA] })), {
    members: { to_device: '{"events":["x"]}' },
  });
  assert.equal(sql.count, 1);
});

eachDatabase("what was told is due to be deleted at the next token, and only once", async (database) => {
  const { open, now, request, send, rows } = await start(database);
  const section = open();
  await send("x");
  await section.top?.(request(undefined));
  assert.equal(await rows("to_device_messages"), 1);
  const next = now();
  assert.equal(section.isDue?.(device, next), true);
  assert.deepEqual(await section.top?.(request(next, { changes: [] })), {});
  assert.equal(await rows("to_device_messages"), 0);
  assert.equal(section.isDue?.(device, next), false);
});

eachDatabase("nothing later than the answer is told", async (database) => {
  const { open, now, request, send } = await start(database);
  await send("x");
  const before = now();
  await send("y");
  const told = await open().top?.(request(undefined, { now: before }));
  assert.deepEqual(told, { members: { to_device: '{"events":["x"]}' } });
});

eachDatabase("the end of an account ends its messages and transactions", async (database) => {
  const { users, partitions, clock, send, rows } = await start(database);
  toDevice({ sql: database, users, partitions, clock, serverName: "test" });
  await send("x");
  assert.deepEqual([await rows("to_device_messages"), await rows("to_device_txns")], [1, 1]);
  await users.accounts.deactivate(userId);
  assert.deepEqual([await rows("to_device_messages"), await rows("to_device_txns")], [0, 0]);
});

eachDatabase("a request is known for a week", async (database) => {
  const { clock, send, rows } = await start(database);
  await send("x");
  clock.advance(6 * 24 * 60 * 60_000);
  await send("x");
  assert.equal(await rows("to_device_messages"), 1);
  clock.advance(2 * 24 * 60 * 60_000);
  await send("y");
  assert.equal(await rows("to_device_txns"), 1);
});

eachDatabase("the queue of a device that does not come keeps its last messages", async (database) => {
  const { partitions, clock, rows, request, open } = await start(database);
  const sender = new Sender({ sql: database, partitions, clock, queueSize: { kept: 3, checkedEvery: 4 } });
  const send = async (key: string, deviceId: string | undefined): Promise<void> =>
    await sender.send({ from: { userId, deviceId: "B" }, key, messages: [{ userId, deviceId, json: `"${key}"` }] });
  for (const key of ["1", "2", "3"]) await send(key, "A");
  assert.equal(await rows("to_device_messages"), 3);
  await send("4", undefined);
  assert.equal(await rows("to_device_messages"), 4, "three for one device, one for the other");
  await send("5", "A");
  const told = await open().top?.(request(undefined));
  assert.deepEqual(told, { members: { to_device: '{"events":["2","3","4","5"]}' } });
});

test("tokens with a cursor are read as they were written, and those without stay short", () => {
  const behind = { position: 9, ephemeral: 2, toDevice: 4 };
  assert.equal(formatSyncToken(behind), "s9_2_4");
  assert.deepEqual(parseSyncToken("s9_2_4"), behind);
  assert.equal(formatSyncToken({ ...behind, toDevice: 9 }), "s9_2");
  for (const text of ["s9_2_9", "s9_2_10", "s9_2_", "s9_2_4_1"]) assert.equal(parseSyncToken(text), undefined, text);
});
