import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import type { Database, SqlValue } from "../../store/sql.ts";
import { searchUsers, type UserSearchJson } from "./search-users.ts";

const bob = "@bob:test";
/** More than are looked at for one search. */
const MANY = 5_100;

const NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)";

async function run(database: Database, text: string, params: readonly SqlValue[]): Promise<void> {
  const [result] = await database.commit([[{ text, params }]]);
  assert.ok(result?.ok);
}

/** Users of whom nobody may know, each by the word `same`. */
async function addStrangers(database: Database): Promise<void> {
  const users = `INSERT INTO user_directory (user_id, display_name, avatar_url)
    ${NUMBERS} SELECT '@same' || i || ':test', '', '' FROM n`;
  const words = `INSERT INTO user_directory_words (user_id, word)
    ${NUMBERS} SELECT '@same' || i || ':test', 'same' FROM n`;
  for (const text of [users, words]) await run(database, text, [MANY]);
}

async function addUser(database: Database, userId: string, words: readonly string[]): Promise<void> {
  const text = "INSERT INTO user_directory (user_id, display_name, avatar_url) VALUES ($1, $2, '')";
  await run(database, text, [userId, words.join(" ")]);
  for (const word of words) {
    await run(database, "INSERT INTO user_directory_words (user_id, word) VALUES ($1, $2)", [userId, word]);
  }
}

let position = 0;

async function join(database: Database, userId: string, roomNid: number): Promise<void> {
  const text = `INSERT INTO memberships (user_id, room_nid, membership, position, forgotten, stripped_state)
    VALUES ($1, $2, 'join', $3, 0, '[]')`;
  await run(database, text, [userId, roomNid, ++position]);
}

const search = async (database: Database, term: string, limit = 10): Promise<UserSearchJson> =>
  await searchUsers(database, { searcher: bob, term, limit, signal: new AbortController().signal });

const idsOf = ({ results }: UserSearchJson): string[] => results.map((user) => user.user_id);

eachDatabase(
  "very many of a like name whom the searcher may not find do not hide those who share a room",
  async (database) => {
    await addStrangers(database);
    await addUser(database, bob, ["same", "bob"]);
    await addUser(database, "@friend:test", ["samething", "else"]);
    await addUser(database, "@other:test", ["other"]);
    for (const userId of [bob, "@friend:test", "@other:test"]) await join(database, userId, 1);
    assert.deepEqual(await search(database, "same"), {
      results: [{ user_id: "@friend:test", display_name: "samething else" }],
      limited: false,
    });
    assert.deepEqual(idsOf(await search(database, "same els")), ["@friend:test"]);
    assert.deepEqual(await search(database, "same nothing"), { results: [], limited: false });
  },
);

eachDatabase("nor those in an open room, and members of other rooms stay unknown", async (database) => {
  await addStrangers(database);
  for (const [name, roomNid] of [
    ["open", 1],
    ["closed", 2],
  ] as const) {
    await addUser(database, `@${name}:test`, ["samething"]);
    await join(database, `@${name}:test`, roomNid);
  }
  await run(database, "INSERT INTO open_rooms (room_nid) VALUES ($1)", [1]);
  assert.deepEqual(
    [idsOf(await search(database, "same")), (await search(database, "same")).limited],
    [["@open:test"], false],
  );
});

eachDatabase(
  "where very many are of a like name and very many may be found, a search ends, and says so",
  async (database) => {
    await addStrangers(database);
    await join(database, bob, 1);
    const crowd = `INSERT INTO memberships (user_id, room_nid, membership, position, forgotten, stripped_state)
    ${NUMBERS} SELECT '@crowd' || i || ':test', 1, 'join', i + 1000, 0, '[]' FROM n`;
    await run(database, crowd, [MANY]);
    assert.deepEqual(await search(database, "same"), { results: [], limited: true });
  },
);
