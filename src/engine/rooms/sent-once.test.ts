import assert from "node:assert/strict";
import { eachDatabase, onSqlite } from "../../../test/support/databases.ts";
import { txnKeyOf } from "./client-event.ts";
import type { StoredEvent } from "./stored-event.ts";
import { alice, openEngineForTest, type TestEngine, type TestRoom } from "./testing.ts";

const txnKey = txnKeyOf({ userId: alice, deviceId: "LOOM" }, "send/!room/m.room.message", "1");

const sendOnce = async ({ sentOnce }: TestEngine, room: TestRoom, body: string, key = txnKey): Promise<StoredEvent> =>
  await sentOnce.send(key, async () => await room.say(alice, body, key));

eachDatabase(
  "a request that is repeated gives the event of the first time, also at once and after a restart",
  async (database) => {
    const engine = await openEngineForTest(database);
    const room = await engine.room({ members: [alice] });
    const [first, atOnce] = await Promise.all([sendOnce(engine, room, "1"), sendOnce(engine, room, "2")]);
    const later = await sendOnce(engine, room, "3");
    const reopened = await engine.reopen();
    const afterRestart = await sendOnce(reopened, reopened.existing(room.roomId), "4");
    assert.deepEqual(
      [atOnce, later, afterRestart].map(({ eventId, pdu }) => [eventId, pdu.content["body"]]),
      Array.from({ length: 3 }, () => [first.eventId, "1"]),
    );
    const other = txnKeyOf({ userId: alice, deviceId: "LOOM" }, "send/!room/m.room.message", "2");
    assert.notEqual((await sendOnce(engine, room, "5", other)).eventId, first.eventId);
  },
);

onSqlite("a request that failed may be repeated", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const failing = [sendOnce(engine, room, "1"), sendOnce(engine, room, "2")];
  for (const result of await Promise.allSettled(failing)) assert.equal(result.status, "rejected");
  await room.join(alice);
  assert.equal((await sendOnce(engine, room, "3")).pdu.content["body"], "3");
});
