import assert from "node:assert/strict";
import { createUsersForTest } from "../../engine/users/testing.ts";
import type { SectionRequest } from "../../engine/streams/section.ts";
import type { Database } from "../../store/sql.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { accountDataSection } from "./account-data.sync.ts";
import { createAccountData } from "./account-data.ts";

const userId = "@alice:test";

async function start(database: Database) {
  const parts = await createUsersForTest(database);
  const made = new Map([["m.push_rules", async () => ({ global: {} })]]);
  const data = createAccountData({ ...parts, made });
  const section = accountDataSection(data);
  const request = (since?: number, over: Partial<SectionRequest> = {}): SectionRequest => ({
    userId,
    deviceId: "A",
    since: since === undefined ? undefined : { position: since, ephemeral: 0 },
    acknowledged: since === undefined ? undefined : { position: since, ephemeral: 0 },
    now: { position: parts.partitions.position, ephemeral: 0 },
    changes: undefined,
    keeps: () => true,
    ...over,
  });
  return { ...parts, data, request, section };
}

eachDatabase("an initial sync tells everything, made data included", async (database) => {
  const { data, section, request } = await start(database);
  await data.set({ userId, type: "org.x", content: { a: 1 } });
  await data.set({ userId, roomId: "!r:test", type: "m.tag", content: { b: 2 } });
  const top = await section.top?.(request());
  assert.deepEqual(JSON.parse(top?.members?.["account_data"] ?? ""), {
    events: [
      { type: "m.push_rules", content: { global: {} } },
      { type: "org.x", content: { a: 1 } },
    ],
  });
  const rooms = await section.rooms?.(request(), ["!r:test", "!other:test"]);
  assert.deepEqual(rooms, new Map([["!r:test", { accountData: ['{"type":"m.tag","content":{"b":2}}'] }]]));
});

eachDatabase("made data is told as it is made, at first and when it was written", async (database) => {
  const { data, section, request, partitions } = await start(database);
  const since = partitions.position;
  const made = '{"events":[{"type":"m.push_rules","content":{"global":{}}}]}';
  assert.equal((await section.top?.(request()))?.members?.["account_data"], made);
  assert.deepEqual(await section.top?.(request(since)), {});
  await data.set({ userId, type: "m.push_rules", content: {} });
  assert.equal((await section.top?.(request()))?.members?.["account_data"], made);
  assert.equal((await section.top?.(request(since)))?.members?.["account_data"], made);
  assert.equal(await data.get(userId, undefined, "m.push_rules"), '{"global":{}}');
});

eachDatabase("later syncs tell what changed, and rooms joined since are told in full", async (database) => {
  const { data, section, request, partitions } = await start(database);
  await data.set({ userId, type: "org.old", content: {} });
  await data.set({ userId, roomId: "!joined:test", type: "org.old", content: {} });
  const since = partitions.position;
  await data.set({ userId, type: "org.new", content: {} });
  await data.set({ userId, roomId: "!r:test", type: "org.new", content: {} });
  const top = await section.top?.(request(since));
  assert.equal(top?.members?.["account_data"], '{"events":[{"type":"org.new","content":{}}]}');
  const rooms = await section.rooms?.(request(since), ["!joined:test"]);
  assert.deepEqual([...(rooms?.keys() ?? [])].toSorted(), ["!joined:test", "!r:test"]);
});

eachDatabase("nothing is told when nothing of it changed", async (database) => {
  const { data, section, request, partitions } = await start(database);
  const since = partitions.position;
  await data.set({ userId, type: "org.new", content: {} });
  const room = { kind: "account_data", position: since + 1, userId, roomId: "!r:test" };
  assert.deepEqual(await section.top?.(request(since, { changes: [room] })), {});
  assert.deepEqual(await section.top?.(request(partitions.position)), {});
});

eachDatabase("the filter decides by type", async (database) => {
  const { data, section, request } = await start(database);
  await data.set({ userId, type: "org.x", content: {} });
  await data.set({ userId, roomId: "!r:test", type: "org.x", content: {} });
  const over = { keeps: (_section: string, type: string) => type !== "org.x" && type !== "m.push_rules" };
  assert.deepEqual(await section.top?.(request(undefined, over)), {});
  assert.deepEqual(await section.rooms?.(request(undefined, over), ["!r:test"]), new Map());
});
