import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { SetClock } from "../../engine/users/testing.ts";
import type { Database } from "../../store/sql.ts";
import { listRooms } from "./list-rooms.ts";
import type { RoomFilter } from "./published-rooms.store.ts";
import { RoomCount } from "./room-count.ts";

const everyRoom: RoomFilter = { terms: [], types: undefined };
const { signal } = new AbortController();
const INSERT = `INSERT INTO published_rooms (room_nid, joined_count, room_type, search_text, summary)
                VALUES ($1, $2, '', $3, '{"room_id":"!a:test"}')`;

/** Room `n` of so many has `n` members and is called `room n.`. */
async function fill(database: Database, count: number) {
  const statements = Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    return { text: INSERT, params: [number, number, `room ${number}.`] };
  });
  await database.commit([statements]);
  const clock = new SetClock();
  const roomCount = new RoomCount({ sql: database, clock });
  const list = async (wishes: { limit?: number; since?: string; filter?: RoomFilter }) =>
    await listRooms(
      { sql: database, roomCount },
      { limit: wishes.limit, since: wishes.since, filter: wishes.filter ?? everyRoom, signal },
    );
  const sizes = async (wishes: Parameters<typeof list>[0]) =>
    (await list(wishes)).chunk.map((room) => room.num_joined_members);
  return { clock, list, sizes };
}

eachDatabase("an answer holds 500 rooms, whatever is asked for", async (database) => {
  const { list } = await fill(database, 501);
  for (const wishes of [{}, { limit: 0 }, { limit: 100_000 }]) {
    const page = await list(wishes);
    assert.equal(page.chunk.length, 500);
    assert.equal((await list({ ...wishes, since: page.next_batch ?? "" })).chunk.length, 1);
  }
});

eachDatabase("a search goes on below the rooms that one query looks at", async (database) => {
  const { list, sizes } = await fill(database, 2_100);
  assert.deepEqual(await sizes({ filter: { terms: ["room 7."], types: undefined } }), [7]);
  const thousands = { terms: ["room", "00."], types: undefined };
  const expected = Array.from({ length: 21 }, (_, index) => 2_100 - 100 * index);
  assert.deepEqual(await sizes({ filter: thousands }), expected);
  const first = await list({ filter: thousands, limit: 20 });
  assert.deepEqual(await sizes({ filter: thousands, since: first.next_batch ?? "" }), [100]);
  assert.deepEqual(await sizes({ filter: thousands, since: "u1_1", limit: 2 }), [200, 100]);
});

eachDatabase("rooms are counted again after some seconds, and never less than are shown", async (database) => {
  const { clock, list } = await fill(database, 2);
  assert.equal((await list({ limit: 1 })).total_room_count_estimate, 2);
  await database.commit([[{ text: INSERT, params: [3, 3, ""] }], [{ text: INSERT, params: [4, 4, ""] }]]);
  assert.equal((await list({ limit: 1 })).total_room_count_estimate, 2);
  assert.equal((await list({ limit: 3 })).total_room_count_estimate, 3);
  clock.advance(10_000);
  assert.equal((await list({ limit: 1 })).total_room_count_estimate, 4);
});
