import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import type { Database } from "../../store/sql.ts";
import { RoomTours, type TourStop } from "./room-tours.ts";
import { listTours } from "./room-tours.store.ts";
import { openEngineForTest } from "./testing.ts";

const key = { kind: "test", userId: "@creator:test" };

/** A user with more rooms than are visited at once. */
async function withRooms(database: Database) {
  const engine = await openEngineForTest(database);
  const roomIds: string[] = [];
  for (let count = 0; count < 120; count++) roomIds.push((await engine.room()).roomId);
  const open = () =>
    new RoomTours({
      ...engine,
      sql: database,
      background: (_name, work) => void work.catch(() => undefined),
    });
  const begin = async (tours: RoomTours, detail?: string) =>
    await engine.partitions.of(key.userId).commit(key.userId, (tx) => tours.beginIn(tx, key, detail));
  return { roomIds, open, begin, pending: async () => await listTours(database, "test", "", 10) };
}

const idsOf = (stops: readonly TourStop[]) => stops.map(({ roomId }) => roomId);

eachDatabase("a tour visits every room once, and whoever began it waits for the first ones only", async (database) => {
  const { roomIds, open, begin, pending } = await withRooms(database);
  await using tours = open();
  const visited: string[] = [];
  const later = Promise.withResolvers<void>();
  tours.onVisit("test", async (_userId, stops) => {
    if (visited.length > 0) await later.promise;
    visited.push(...idsOf(stops));
  });
  await begin(tours);
  await tours.firstRooms(key);
  assert.deepEqual(visited, roomIds.slice(0, 50));
  later.resolve();
  await tours.settled();
  assert.deepEqual(visited, roomIds);
  assert.deepEqual(await pending(), []);
});

eachDatabase("a tour goes on where a crash left it, with its detail", async (database) => {
  const { roomIds, open, begin, pending } = await withRooms(database);
  const first = open();
  const reached = Promise.withResolvers<void>();
  let pages = 0;
  first.onVisit("test", async () => {
    if (++pages < 2) return;
    reached.resolve();
    // The process is gone in the middle of the second page.
    await new Promise(() => undefined);
  });
  await begin(first, "erase");
  await reached.promise;
  assert.deepEqual(await pending(), [key.userId]);
  await using second = open();
  const visited: string[] = [];
  second.onVisit("test", async (_userId, stops, detail) => {
    assert.equal(detail, "erase");
    visited.push(...idsOf(stops));
  });
  await second.resume();
  assert.deepEqual(visited, roomIds.slice(50));
  assert.deepEqual(await pending(), []);
});

eachDatabase(
  "what is begun anew meanwhile begins from the first room, and is done last everywhere",
  async (database) => {
    const { roomIds, open, begin } = await withRooms(database);
    await using tours = open();
    const last = new Map<string, string>();
    let isBegunAnew = false;
    tours.onVisit("test", async (_userId, stops, detail) => {
      if (!isBegunAnew) await begin(tours, "new");
      isBegunAnew = true;
      for (const roomId of idsOf(stops)) last.set(roomId, detail);
    });
    await begin(tours, "old");
    await tours.firstRooms(key);
    await tours.settled();
    assert.deepEqual(
      roomIds.map((roomId) => last.get(roomId)),
      roomIds.map(() => "new"),
    );
  },
);

eachDatabase("a tour of a kind that nobody knows waits for who does", async (database) => {
  const { roomIds, open, begin, pending } = await withRooms(database);
  await using ignorant = open();
  await begin(ignorant);
  await ignorant.firstRooms(key);
  assert.deepEqual(await pending(), [key.userId]);
  await using tours = open();
  let visitedCount = 0;
  tours.onVisit("test", async (_userId, stops) => void (visitedCount += stops.length));
  await tours.resume();
  assert.equal(visitedCount, roomIds.length);
});
