/** Writes numbered rows to the database file it is given, and says which of them are durable, until it is killed. */
import { openSqlite } from "../../src/store/sqlite/sqlite.ts";

const database = await openSqlite({ path: process.argv[2] ?? "" });
await database.commit([[{ text: "CREATE TABLE IF NOT EXISTS things (id BIGINT PRIMARY KEY)", params: [] }]]);
for (let id = 0; ; id += 2) {
  const group = [id, id + 1].map((each) => [{ text: "INSERT INTO things (id) VALUES ($1)", params: [each] }]);
  const results = await database.commit(group);
  if (results.every(({ ok }) => ok)) process.stdout.write(`${id + 1}\n`);
}
