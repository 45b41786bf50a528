import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { alice, bob, openEngineForTest } from "./testing.ts";

onSqlite("events that are read in passing do not come to stay in memory", async (database) => {
  const engine = await openEngineForTest(database);
  const { roomId } = await engine.room({ members: [alice, bob] });
  const { rooms } = await engine.reopen();
  const { nid } = await rooms.require(roomId);
  const positions: number[] = [];
  for await (const page of rooms.memberships.inRoom(nid, "join")) positions.push(...page.map((each) => each.position));
  const [kept = 0, ...others] = positions;
  const inMemory = (): boolean[] => positions.map((position) => rooms.events.peek(position) !== undefined);
  const before = inMemory();
  const [first] = await rooms.events.byPositions([kept]);
  const passing = await rooms.events.byPositions(positions, { isPassing: true });
  assert.deepEqual(
    passing.map(({ position }) => position),
    positions,
    "all are read, in the order asked for",
  );
  assert.equal(passing[0], first, "what is in memory is taken from there");
  assert.deepEqual(inMemory(), [true, ...before.slice(1)]);
  assert.ok(before.slice(1).includes(false), "some were not in memory");
  await rooms.events.byPositions(others);
  assert.deepEqual(inMemory(), [true, true, true]);
});
