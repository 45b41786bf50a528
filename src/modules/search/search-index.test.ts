import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { alice, openEngineForTest } from "../../engine/rooms/testing.ts";
import type { Database, Statement } from "../../store/sql.ts";
import { searchIndex } from "./search-index.ts";
import { type SearchDocument, SEARCH_KEYS, tokenQuery, tokensOf } from "./tokens.ts";

async function write(database: Database, ...statements: readonly Statement[]): Promise<void> {
  const [result] = await database.commit([statements]);
  if (!result?.ok) throw result?.error ?? new Error("no answer");
}

/** An index with messages of one room, and of another with the last of the texts. */
async function start(database: Database, texts: readonly string[]) {
  const engine = await openEngineForTest(database);
  const [room, other] = [await engine.room({ members: [alice] }), await engine.room({ members: [alice] })];
  const events = [];
  for (const text of texts) events.push(await room.say(alice, text));
  const elsewhere = await other.say(alice, texts.at(-1) ?? "");
  const index = searchIndex(database);
  const documents = [...events, elsewhere].map(
    ({ position, roomNid }, at): SearchDocument => ({
      position,
      roomNid,
      key: "content.body",
      text: texts[at] ?? texts.at(-1) ?? "",
    }),
  );
  const indexed = documents.map((document) => ({ position: document.position, tokens: tokensOf(document) }));
  const positions = documents.map(({ position }) => position);
  const roomNids = [...new Set(documents.map(({ roomNid }) => roomNid))];
  const find = async (words: readonly string[], rooms: readonly number[], before = 1_000, limit = 100) => {
    const found = await index.find({
      tokens: tokenQuery(words, { keys: SEARCH_KEYS, roomNids: rooms }),
      before,
      limit,
    });
    return { positions: found.hits.map(({ position }) => position), next: found.next };
  };
  return { room, events, index, indexed, positions, roomNids, find };
}

eachDatabase("finds what has all tokens, in any of the rooms, the newest first", async (database) => {
  const texts = ["red apples", "green apples", "red pears", "green pears"];
  const { index, indexed, positions, roomNids, find } = await start(database, texts);
  await write(database, index.insertion(indexed));
  const [first = 0, second = 0, third = 0, fourth = 0, elsewhere = 0] = positions;
  const [room = 0, other = 0] = roomNids;
  const inRooms = async (words: readonly string[], rooms: readonly number[]) => (await find(words, rooms)).positions;
  assert.deepEqual(await inRooms(["apples"], [room]), [second, first]);
  assert.deepEqual(await inRooms(["red", "pears"], [room]), [third]);
  assert.deepEqual(await inRooms(["pears"], [room, other]), [elsewhere, fourth, third]);
  assert.deepEqual(await inRooms(["pears"], [other]), [elsewhere]);
  assert.deepEqual(await inRooms(["oranges"], [room, other]), []);
});

eachDatabase("goes on before a position, and says when there is no more", async (database) => {
  const { index, indexed, positions, roomNids, find } = await start(database, ["plum a", "plum b", "plum c"]);
  await write(database, index.insertion(indexed));
  const [first, second, third, elsewhere] = positions;
  const page = await find(["plum"], roomNids, undefined, 2);
  assert.deepEqual(page, { positions: [elsewhere, third], next: third });
  assert.deepEqual(await find(["plum"], roomNids, page.next, 3), { positions: [second, first], next: undefined });
});

eachDatabase("tells the room of a hit", async (database) => {
  const { index, indexed, positions, roomNids } = await start(database, ["plum"]);
  await write(database, index.insertion(indexed));
  const { hits } = await index.find({ tokens: [["plu"], ["lum"]], before: 1_000, limit: 9 });
  assert.deepEqual(
    hits.map(({ position, roomNid }) => [position, roomNid]),
    [
      [positions[1], roomNids[1]],
      [positions[0], roomNids[0]],
    ],
  );
});

eachDatabase("what is deleted is not found, even if it is deleted before it is written", async (database) => {
  const { room, events, index, indexed, positions, roomNids, find } = await start(database, ["fig one", "fig two"]);
  const [event] = events;
  if (event) await room.redact(alice, event);
  await write(database, index.insertion(indexed));
  assert.deepEqual((await find(["fig"], roomNids)).positions, [positions[2], positions[1]]);
  await write(database, index.deletion(positions[1] ?? 0), index.deletion(999_999));
  assert.deepEqual((await find(["fig"], roomNids)).positions, [positions[2]]);
});

eachDatabase("letters of all scripts, and NUL, are tokens like others", async (database) => {
  const texts = ["東京 \u0000\u0000x", "ελληνικά", "\u{10330}\u{10331}\u{10332}\u{10333}", "'&|:*\"()"];
  const { index, indexed, positions, roomNids, find } = await start(database, texts);
  await write(database, index.insertion(indexed.filter(({ tokens }) => tokens.length > 0)));
  assert.deepEqual((await find(["東"], roomNids)).positions, [positions[0]]);
  assert.deepEqual((await find(["ελλην"], roomNids)).positions, [positions[1]]);
  assert.deepEqual((await find(["\u{10331}\u{10332}"], roomNids)).positions, [positions[2]]);
});

const COPIES = 2_500;
const COPY_EVENTS = `
  WITH RECURSIVE copies (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ${COPIES})
  INSERT INTO events (position, room_nid, event_id, ordering, depth, type, state_key, sender, origin_server_ts, verdict, rule,
                      reason, state_before, state_after, room_state, heads, replaces, redacted_by, txn_key, json)
  SELECT e.position + n, e.room_nid, e.event_id || n, e.position + n, e.depth, e.type, e.state_key, e.sender,
         e.origin_server_ts, e.verdict, e.rule, e.reason, e.state_before, e.state_after, e.room_state, e.heads, e.replaces,
         e.redacted_by, NULL, e.json
  FROM events e, copies WHERE e.position = $1`;

eachDatabase("words that are frequent, at all times or once, are found in pages to the end", async (database) => {
  const { index, positions, roomNids } = await start(database, ["fig"]);
  const [, last = 0] = positions;
  await write(database, { text: COPY_EVENTS, params: [last] });
  const copies = Array.from({ length: COPIES }, (_, n) => n + 1);
  const has = { oft: (n: number) => n % 2 === 0, old: (n: number) => n < 600, few: (n: number) => n % 900 === 1 };
  const tokensOfCopy = (n: number) => ["all", ...(["oft", "old", "few"] as const).filter((word) => has[word](n))];
  await write(database, index.insertion(copies.map((n) => ({ position: last + n, tokens: tokensOfCopy(n) }))));
  for (const word of ["oft", "old", "few"] as const) {
    const found: number[] = [];
    for (let before: number | undefined = last + COPIES + 5; before !== undefined; ) {
      const page = await index.find({ tokens: [[word]], before, limit: 100 });
      found.push(...page.hits.map(({ position, roomNid }) => (roomNid === roomNids[1] ? position - last : -1)));
      before = page.next;
    }
    assert.deepEqual(found, copies.filter(has[word]).toReversed(), word);
  }
});
