import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import type { JsonValue } from "../../protocol/json/json.ts";
import type { Row } from "../../store/sql.ts";
import { acceptedIn, addAcceptedTerms } from "./accepted-terms.ts";

const resultsOf = (accepted: JsonValue) => new Map([["m.login.terms", { accepted }]]);

eachDatabase("the documents that a user accepted are kept with the account, or not at all", async (database) => {
  const { users } = await createUsersForTest(database);
  const create = async (userId: string, results: ReadonlyMap<string, JsonValue>): Promise<boolean> =>
    await users.accounts.create({ userId, password: "correct horse" }, (tx, made) =>
      addAcceptedTerms(tx, made, { accepted: acceptedIn(results), now: 1 }),
    );
  assert.equal(await create("@alice:test", resultsOf({ privacy: "1", terms: "7" })), true);
  assert.equal(await create("@alice:test", resultsOf({ privacy: "2" })), false);
  assert.equal(await create("@bob:test", new Map()), true);
  const kept = await database.all<Row>("SELECT user_id, policy, version FROM accepted_terms ORDER BY policy, version");
  assert.deepEqual(
    kept.map((row) => Object.values(row).join(" ")),
    ["@alice:test privacy 1", "@alice:test terms 7"],
  );
});
