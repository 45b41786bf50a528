import assert from "node:assert/strict";
import { createUsersForTest } from "../../engine/users/testing.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import type { Database } from "../../store/sql.ts";
import { createAccountData } from "./account-data.ts";
import { createIgnoredBy } from "./ignored-users.ts";

const alice = "@alice:test";
const bob = "@bob:test";

async function start(database: Database) {
  const parts = await createUsersForTest(database);
  const data = createAccountData(parts);
  let readCount = 0;
  const accountData: Pick<typeof data, "get"> = {
    async get(...which) {
      readCount++;
      return await data.get(...which);
    },
  };
  const ignoredBy = createIgnoredBy({ ...parts, accountData });
  const ignore = async (content: Parameters<typeof data.set>[0]["content"]) =>
    await data.set({ userId: alice, type: "m.ignored_user_list", content });
  return { ignoredBy, ignore, readCount: () => readCount, data };
}

eachDatabase("whom a user ignores is read once, and again when the list changes", async (database) => {
  const { ignoredBy, ignore, readCount } = await start(database);
  for (let n = 0; n < 3; n++) assert.deepEqual(await ignoredBy(alice), new Set());
  await ignore({ ignored_users: { [bob]: {} } });
  const lists = await Promise.all([ignoredBy(alice), ignoredBy(alice)]);
  assert.deepEqual(lists, [new Set([bob]), new Set([bob])]);
  assert.equal(readCount(), 2);
  assert.deepEqual(await ignoredBy(bob), new Set());
  await ignore({});
  assert.deepEqual(await ignoredBy(alice), new Set());
});

eachDatabase("other account data leaves the list in memory", async (database) => {
  const { ignoredBy, readCount, data } = await start(database);
  await ignoredBy(alice);
  await data.set({ userId: alice, type: "org.x", content: {} });
  await ignoredBy(alice);
  assert.equal(readCount(), 1);
});

eachDatabase("a list that is none ignores nobody, and nobody ignores themselves", async (database) => {
  const { ignoredBy, ignore } = await start(database);
  for (const ignored_users of ["text", [bob], null, 1]) {
    await ignore({ ignored_users });
    assert.deepEqual(await ignoredBy(alice), new Set());
  }
  await ignore({ ignored_users: { [alice]: {}, [bob]: {}, "a\u0000b": {} } });
  assert.deepEqual(await ignoredBy(alice), new Set([bob]));
});
