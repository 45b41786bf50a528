import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { alice, bob, openEngineForTest, type TestEngine } from "../../engine/rooms/testing.ts";
import type { Database } from "../../store/sql.ts";
import { Indexer } from "./indexer.ts";
import { Matches } from "./matches.ts";
import { type Order, type Page, pageOf } from "./page.ts";
import { searchIndex } from "./search-index.ts";
import { parseTerm } from "./search-term.ts";
import { SEARCH_KEYS } from "./tokens.ts";

const LIMIT = 90;

/** An engine whose log is indexed, with a room in which so much was said, the later the less often the word. */
async function start(database: Database, count: number) {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice, bob] });
  const texts = Array.from(
    { length: count },
    (_, number) => `word${" word".repeat(3 - Math.ceil((3 * number) / count))}`,
  );
  const events = await Promise.all(texts.map(async (text) => await room.say(alice, text)));
  const indexer = new Indexer({ ...engine, index: searchIndex(database) });
  await indexer.catchUp(60_000);
  await indexer.stop();
  return { engine, positions: events.map(({ position }) => position) };
}

async function matchesIn(engine: TestEngine, sender: string): Promise<Matches> {
  const records = await engine.rooms.memberships.ofUser(alice);
  return new Matches(
    { rooms: engine.rooms, index: searchIndex(engine.database) },
    {
      userId: alice,
      term: parseTerm("word"),
      keys: SEARCH_KEYS,
      rooms: new Map(records.map(({ roomNid, roomId }) => [roomNid, roomId])),
      keeps: ({ pdu }) => pdu.sender === sender,
      signal: new AbortController().signal,
    },
  );
}

/** All pages of a search for the word. */
async function pagesOf(engine: TestEngine, order: Order): Promise<Page[]> {
  const found: Page[] = [];
  for (let next: Page["next"]; ; ) {
    const token = next && { ...next, group: undefined };
    const asked = { order, limit: LIMIT, start: engine.partitions.position + 1, token };
    const page = await pageOf(await matchesIn(engine, alice), asked);
    found.push(page);
    next = page.next;
    if (!next) return found;
    assert.ok(found.length < 50, "there is no end");
  }
}

const positionsOf = (pages: readonly Page[]): number[] =>
  pages.flatMap(({ results }) => results.map(({ event }) => event.position));

onSqlite("what fills several windows is told once and whole, in either order", async (database) => {
  const { engine, positions } = await start(database, 1_300);
  const recent = await pagesOf(engine, "recent");
  assert.deepEqual(positionsOf(recent), positions.toReversed());
  const byRank = await pagesOf(engine, "rank");
  assert.deepEqual(
    positionsOf(byRank).toSorted((a, b) => a - b),
    positions,
  );
  // The best of the newest 500 come first, then the best of the 500 before them.
  const ranks = byRank.flatMap(({ results }) => results.map(({ rank }) => rank)).slice(0, 500);
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => b - a),
  );
  for (const { count } of [...recent, ...byRank]) assert.equal(count, 500);
});

onSqlite("a window ends when much was looked through in vain, and the next one goes on", async (database) => {
  const { engine } = await start(database, 5_100);
  const matches = await matchesIn(engine, bob);
  const { matches: found, next = 0 } = await matches.before(engine.partitions.position + 1, 10);
  assert.deepEqual(found, []);
  assert.ok(next > 0);
  assert.deepEqual(await matches.before(next, 10), { matches: [], next: undefined });
});
