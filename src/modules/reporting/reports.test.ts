import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { alice, creator, openEngineForTest } from "../../engine/rooms/testing.ts";
import { cheapPasswords } from "../../engine/users/testing.ts";
import { createUsers } from "../../engine/users/users.ts";
import { createServerForTest } from "../../http/testing.ts";
import type { Database } from "../../store/sql.ts";
import { createReports, reporting } from "./index.ts";

const background = (): void => undefined;

async function start(database: Database, stack: AsyncDisposableStack) {
  const engine = await openEngineForTest(database);
  const users = stack.use(createUsers({ ...engine, sql: database, passwords: cheapPasswords, background }));
  await users.accounts.create({ userId: alice });
  const reports = createReports({ ...engine, sql: database });
  const server = stack.use(createServerForTest(reporting({ ...engine, users, reports }).endpoints));
  const post = async (place: string, payload: object): Promise<number> => {
    const headers = { authorization: "Bearer alice" };
    const url = `/_matrix/client/v3/${place}`;
    return (await server.inject({ method: "POST", url, headers, payload })).statusCode;
  };
  return { engine, reports, post };
}

eachDatabase("reports are kept with all that was said, and listed the newest first", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { engine, reports, post } = await start(database, stack);
  const room = await engine.room({ members: [alice] });
  const { eventId } = await room.say(creator, "nonsense");
  const { roomId } = room;
  const place = `rooms/${encodeURIComponent(roomId)}/report`;
  assert.equal(await post(`${place}/${encodeURIComponent(eventId)}`, { reason: "rude", score: -50 }), 200);
  assert.equal(await post(place, { reason: "spam" }), 200);
  assert.equal(await post(`users/${encodeURIComponent(creator)}/report`, { reason: "" }), 200, "known by the rooms");
  const listed = await reports.list({}, { limit: 10 });
  const common = { reporter: alice, createdAt: engine.clock.now(), resolved: undefined };
  assert.deepEqual(
    listed.map(({ reportId: _id, ...report }) => report),
    [
      { ...common, kind: "user", roomId: undefined, eventId: undefined, userId: creator, reason: "", score: undefined },
      { ...common, kind: "room", roomId, eventId: undefined, userId: undefined, reason: "spam", score: undefined },
      { ...common, kind: "event", roomId, eventId, userId: creator, reason: "rude", score: -50 },
    ],
  );
  const [newest] = listed;
  assert.deepEqual(await reports.get(newest?.reportId ?? 0), newest);
  assert.equal(await reports.get(123_456), undefined);
});

eachDatabase("reports are paged both ways, filtered and counted", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { reports } = await start(database, stack);
  for (const n of ["1", "2", "3"]) await reports.add({ kind: "user", reporter: alice, userId: creator, reason: n });
  await reports.add({ kind: "room", reporter: creator, roomId: "!a:test", reason: "4" });
  const reasons = async (...asked: Parameters<typeof reports.list>) =>
    (await reports.list(...asked)).map(({ reason }) => reason).join("");
  const [, second] = await reports.list({}, { limit: 2 });
  assert.equal(await reasons({}, { limit: 2 }), "43");
  assert.equal(await reasons({}, { limit: 2, from: second?.reportId ?? 0 }), "21");
  assert.equal(await reasons({}, { limit: 2, oldestFirst: true }), "12");
  assert.equal(await reasons({}, { limit: 9, oldestFirst: true, from: second?.reportId ?? 0 }), "4");
  assert.equal(await reasons({ kind: "room" }, { limit: 9 }), "4");
  assert.equal(await reasons({ reporter: alice }, { limit: 9 }), "321");
  assert.equal(await reasons({ roomId: "!a:test" }, { limit: 9 }), "4");
  assert.equal(await reasons({ userId: creator }, { limit: 9 }), "321");
  assert.equal(await reports.count({ userId: creator }), 3);
  assert.equal(await reports.count({}), 4);
});

eachDatabase("a report is resolved once, and says by whom and when", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { engine, reports } = await start(database, stack);
  await reports.add({ kind: "room", reporter: alice, roomId: "!a:test", reason: "" });
  const [report] = await reports.list({ isOpen: true }, { limit: 1 });
  const reportId = report?.reportId ?? 0;
  assert.equal(await reports.resolve(reportId, "@admin:test"), true);
  assert.equal(await reports.resolve(reportId, "@other:test"), false);
  assert.equal(await reports.resolve(123_456, "@admin:test"), false);
  assert.deepEqual((await reports.get(reportId))?.resolved, { at: engine.clock.now(), by: "@admin:test" });
  assert.deepEqual([await reports.count({ isOpen: true }), await reports.count({ isOpen: false })], [0, 1]);
});
