import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { alice, bob, openEngineForTest, testServer } from "../../engine/rooms/testing.ts";
import type { SectionRequest } from "../../engine/streams/section.ts";
import { createUsers } from "../../engine/users/users.ts";
import { cheapPasswords } from "../../engine/users/testing.ts";
import type { Database } from "../../store/sql.ts";
import { createAccountData, createIgnoredBy } from "../account-data/index.ts";
import { createPushRules } from "../push-rules/index.ts";
import { createReceipts } from "../receipts/index.ts";
import { notifications } from "./index.ts";
import { watched } from "./testing.ts";

const background = (name: string): void => assert.fail(`${name} is not expected`);

/** The section of an engine that was just started. */
async function start(database: Database, asked: string[]) {
  const watching = watched(database, asked);
  const engine = await openEngineForTest(watching);
  const needs = { ...engine, sql: watching, serverName: testServer, passwords: cheapPasswords, background };
  const users = createUsers(needs);
  const accountData = createAccountData({ ...needs, users });
  const pushRules = createPushRules({ ...needs, users, accountData });
  const receipts = createReceipts({ ...needs, users });
  const module = notifications({
    ...needs,
    pushRules,
    receipts,
    ignoredBy: createIgnoredBy({ ...needs, accountData }),
  });
  const [section] = module.sync ?? [];
  assert.ok(section);
  const everyRoom = async (userId: string, roomIds: readonly string[]): Promise<string[]> => {
    const now = engine.streams.now;
    const request: SectionRequest = {
      userId,
      deviceId: "A",
      since: undefined,
      acknowledged: undefined,
      now,
      changes: undefined,
      keeps: () => true,
    };
    const told = (await section.everyRoom?.(request, roomIds)) ?? new Map();
    return [...told.values()].map(({ members }) => members["unread_notifications"]);
  };
  return { engine, everyRoom };
}

onSqlite("the first counts of many rooms cost as many queries as those of few", async (database) => {
  const before = await start(database, []);
  const rooms = [];
  for (let n = 0; n < 30; n++) rooms.push(await before.engine.room({ members: [alice, bob] }));
  for (const room of rooms) await room.say(alice, "hello");
  const costs: number[] = [];
  for (const count of [3, 30]) {
    const asked: string[] = [];
    const { engine, everyRoom } = await start(database, asked);
    const roomIds = rooms.slice(0, count).map(({ roomId }) => roomId);
    for (const roomId of roomIds) await engine.rooms.get(roomId);
    asked.length = 0;
    const told = await everyRoom(bob, roomIds);
    assert.deepEqual([...new Set(told)], ['{"notification_count":1,"highlight_count":0}']);
    assert.equal(told.length, count);
    costs.push(asked.length);
  }
  // Whose rules differ in the rooms, where the user stands in them, receipts, the user's rules and ignored users, counts.
  assert.deepEqual(costs, [6, 6]);
});

onSqlite("once a member was told the counts, a message costs no query for being told them again", async (database) => {
  const asked: string[] = [];
  const { engine, everyRoom } = await start(database, asked);
  const room = await engine.room({ members: [alice, bob] });
  for (let n = 1; n <= 5; n++) {
    await room.say(alice, String(n));
    asked.length = 0;
    const told = await everyRoom(bob, [room.roomId]);
    assert.deepEqual(told, [`{"notification_count":${n},"highlight_count":0}`]);
    if (n > 1) assert.deepEqual(asked, []);
  }
});
