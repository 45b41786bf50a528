/** What every driver must do, for `Database` to mean the same thing on each. */
import assert from "node:assert/strict";
import { inList, rowsIn } from "../../src/store/dialect.ts";
import type { Database, Row, SqlValue, Statement } from "../../src/store/sql.ts";

/** A named requirement. */
export interface Requirement {
  readonly name: string;
  check(database: Database): Promise<void>;
}

const CREATE = "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, bytes BYTEA)";
const INSERT = "INSERT INTO things (id, name, bytes) VALUES ($1, $2, $3)";
const ALL = "SELECT id, name, bytes FROM things ORDER BY id";
const BY_ID = "SELECT id, name, bytes FROM things WHERE id = $1";
const IDS = "SELECT id FROM things ORDER BY id";

/** Each is checked against an empty database. */
export const requirements: readonly Requirement[] = [
  {
    name: "what a commit wrote is read right after it",
    async check(database) {
      await write(database, insert(1, "one"));
      assert.deepEqual(await database.all(ALL), [{ id: 1, name: "one", bytes: null }]);
      assert.deepEqual(await database.get(BY_ID, [1]), { id: 1, name: "one", bytes: null });
    },
  },
  {
    name: "a query without a row answers undefined, and one without rows an empty list",
    async check(database) {
      assert.equal(await database.get(BY_ID, [1]), undefined);
      assert.deepEqual(await database.all(ALL), []);
    },
  },
  {
    name: "the statements of a transaction, and the transactions of a group, run in their order",
    async check(database) {
      await write(database, insert(1, ""));
      await database.commit([[append("a"), append("b")], [append("c")], [append("d"), append("e")]]);
      assert.deepEqual(await database.all("SELECT name FROM things"), [{ name: "abcde" }]);
    },
  },
  {
    name: "concurrent commits run in the order of the calls",
    async check(database) {
      await write(database, insert(1, ""));
      await Promise.all(
        ["a", "b", "c", "d", "e", "f"].map(async (letter) => await database.commit([[append(letter)]])),
      );
      assert.deepEqual(await database.all("SELECT name FROM things"), [{ name: "abcdef" }]);
    },
  },
  {
    name: "a failing transaction of a group fails alone, with all its statements",
    async check(database) {
      const results = await database.commit([[insert(1)], [insert(2), insert(1)], [insert(3)]]);
      assert.deepEqual(
        results.map(({ ok }) => ok),
        [true, false, true],
      );
      assert.deepEqual(await database.all(IDS), [{ id: 1 }, { id: 3 }]);
      const [, failed] = results;
      assert.match(failed && !failed.ok ? failed.error.message : "", /unique/i);
    },
  },
  {
    name: "a failing transaction that is alone in its group leaves nothing behind",
    async check(database) {
      const [result] = await database.commit([[insert(1), { text: "INSERT INTO nothing VALUES (1)", params: [] }]]);
      assert.equal(result?.ok, false);
      assert.deepEqual(await database.all(IDS), []);
      await write(database, insert(1));
    },
  },
  {
    name: "RETURNING answers rows, and other statements count what they changed",
    async check(database) {
      const returning = { ...insert(7, "x"), text: `${INSERT} RETURNING id AS "thingId", name` };
      const update = { text: "UPDATE things SET name = 'y'", params: [] };
      const [result] = await database.commit([[insert(1), returning, update]]);
      assert.deepEqual(result?.ok && result.results, [
        { rows: [], changes: 1 },
        { rows: [{ thingId: 7, name: "x" }], changes: 1 },
        { rows: [], changes: 2 },
      ]);
    },
  },
  {
    name: "ON CONFLICT DO NOTHING with RETURNING answers no row when nothing was inserted",
    async check(database) {
      const text = `${INSERT} ON CONFLICT (id) DO NOTHING RETURNING id`;
      const [, second] = await database.commit([[{ ...insert(1), text }], [{ ...insert(1), text }]]);
      assert.deepEqual(second?.ok && second.results, [{ rows: [], changes: 0 }]);
    },
  },
  {
    name: "text comes back as it was: NUL, noncharacters, emoji, quotes",
    async check(database) {
      const texts = ["a\0b", "\0", "\uFDD0", "\uFDD00\0\uFDD01", "👩‍🚀", `'"\\$1?1`, ""];
      await write(database, ...texts.map((text, id) => insert(id, text)));
      const rows = await database.all<Row & { name: string }>(ALL);
      assert.deepEqual(
        rows.map(({ name }) => name),
        texts,
      );
      assert.deepEqual(await database.get("SELECT id FROM things WHERE name = $1", ["a\0b"]), { id: 0 });
    },
  },
  {
    name: "integers up to 2^53 - 1 come back as numbers, counts and truths too",
    async check(database) {
      const large = Number.MAX_SAFE_INTEGER;
      await write(database, insert(large), insert(-large));
      assert.deepEqual(await database.all(IDS), [{ id: -large }, { id: large }]);
      assert.deepEqual(await database.all("SELECT count(*) AS n FROM things"), [{ n: 2 }]);
      assert.deepEqual(await database.all("SELECT EXISTS (SELECT 1 FROM things) AS yes"), [{ yes: 1 }]);
    },
  },
  {
    name: "bytes come back as a Uint8Array",
    async check(database) {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      await write(database, insert(1, null, bytes), insert(2, null, new Uint8Array()));
      assert.deepEqual(await database.get(BY_ID, [1]), { id: 1, name: null, bytes });
      assert.deepEqual(await database.get(BY_ID, [2]), { id: 2, name: null, bytes: new Uint8Array() });
    },
  },
  {
    name: "a list is one parameter: strings, numbers, an empty one and a long one",
    async check(database) {
      const ids = Array.from({ length: 5_000 }, (_, id) => id);
      await write(database, ...ids.slice(0, 3).map((id) => insert(id, `n${id}\0"{},`)));
      const byNames = `SELECT id FROM things WHERE ${inList(database.dialect, "name", "$1")} ORDER BY id`;
      const byIds = `SELECT id FROM things WHERE ${inList(database.dialect, "id", "$1", "number")} ORDER BY id`;
      const names = ['n0\0"{},', 'n2\0"{},', "other"];
      assert.deepEqual(await database.all(byNames, [JSON.stringify(names)]), [{ id: 0 }, { id: 2 }]);
      assert.deepEqual(await database.all(byIds, ["[1,2,9]"]), [{ id: 1 }, { id: 2 }]);
      assert.deepEqual(await database.all(byIds, ["[]"]), []);
      assert.equal((await database.all(byIds, [JSON.stringify(ids)])).length, 3);
    },
  },
  {
    name: "a list of rows is one parameter",
    async check(database) {
      const columns = { id: "number", name: "string" } as const;
      const text = `SELECT id, name FROM (${rowsIn(database.dialect, "$1", columns)}) AS given ORDER BY id`;
      const rows = [
        { id: 2, name: 'n"{},' },
        { id: 7_000_000_000, name: "" },
      ];
      assert.deepEqual(await database.all(text, [JSON.stringify(rows.map(({ id, name }) => [id, name]))]), rows);
      assert.deepEqual(await database.all(text, ["[]"]), []);
    },
  },
  {
    name: "a parameter may be used twice, out of order, and be large",
    async check(database) {
      const text = "x".repeat(2_000_000);
      await write(database, { text: "INSERT INTO things (name, id) VALUES ($2, $1)", params: [1, text] });
      const sql = "SELECT id FROM things WHERE name = $2 AND id = $1 AND name = $2";
      assert.deepEqual(await database.all(sql, [1, text]), [{ id: 1 }]);
    },
  },
  {
    name: "many reads and commits at once all get their answers",
    async check(database) {
      const ids = Array.from({ length: 100 }, (_, id) => id);
      const done = await Promise.all(
        ids.map(async (id) => {
          await write(database, insert(id, `thing ${id}`));
          return await database.get<Row & { name: string }>(BY_ID, [id]);
        }),
      );
      assert.deepEqual(
        done.map((row) => row?.name),
        ids.map((id) => `thing ${id}`),
      );
    },
  },
  {
    name: "an empty group and an empty transaction are fine",
    async check(database) {
      assert.deepEqual(await database.commit([]), []);
      assert.deepEqual(await database.commit([[]]), [{ ok: true, results: [] }]);
    },
  },
  {
    name: "a read that is wrong says what the database says",
    async check(database) {
      await assert.rejects(database.all("SELECT * FROM nothing"), { message: /nothing/ });
    },
  },
];

/** Checks one requirement in a database without the table that all of them use. */
export async function check(requirement: Requirement, database: Database): Promise<void> {
  await write(database, { text: CREATE, params: [] });
  await requirement.check(database);
}

function insert(id: number, name: SqlValue = null, bytes: SqlValue = null): Statement {
  return { text: INSERT, params: [id, name, bytes] };
}

function append(text: string): Statement {
  return { text: "UPDATE things SET name = name || $1 WHERE id = 1", params: [text] };
}

async function write(database: Database, ...statements: readonly Statement[]): Promise<void> {
  const [result] = await database.commit([statements]);
  if (!result?.ok) throw result?.error ?? new Error("no answer");
}
