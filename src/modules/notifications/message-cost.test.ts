import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { alice, openEngineForTest, testServer } from "../../engine/rooms/testing.ts";
import { weighing as createWeighing } from "./event-weights.ts";
import { Names } from "./names.ts";
import { notificationsFollower } from "./follower.ts";
import { Standings } from "./standings.ts";
import { Tallies } from "./tallies.ts";
import { watched } from "./testing.ts";
import { Threads } from "./threads.ts";

onSqlite("a message writes one row more, in a room of two members as in one of two hundred", async (database) => {
  const seen: string[] = [];
  const watching = watched(database, seen);
  const engine = await openEngineForTest(watching);
  const names = new Names({ ...engine, serverName: testServer });
  const weighing = createWeighing({
    serverName: testServer,
    memberCount: (room) => room.memberCounts?.joined ?? 0,
    namesIn: (roomNid) => names.need(roomNid),
  });
  const threads = new Threads(async (eventId) => await engine.rooms.events.byId(eventId));
  const tallies = new Tallies({ sql: watching, partitions: engine.partitions });
  const standings = new Standings(watching);
  engine.rooms.follow(
    notificationsFollower({ ...engine, serverName: testServer, weighing, threads, tallies, standings, names }),
  );
  const statements: (readonly string[])[] = [];
  for (const size of [2, 200]) {
    const room = await engine.room({ preset: "public_chat", members: [alice] });
    for (let member = 2; member < size; member++) await room.join(`@member${member}:${testServer}`);
    seen.length = 0;
    await room.say(alice, "hello");
    statements.push(seen.map((text) => /(?:INSERT INTO|UPDATE|FROM) (\w+)/.exec(text)?.[1] ?? text));
  }
  const expected = ["partitions", "events", "notifying"];
  assert.deepEqual(statements, [expected, expected]);
});
