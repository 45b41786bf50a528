import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import type { Row } from "../../store/sql.ts";
import { keepAcceptedTerms } from "./accepted-terms.ts";

eachDatabase("the documents that a user accepted are kept with their versions, once", async (database) => {
  const parts = await createUsersForTest(database);
  const accept = async (accepted: Record<string, string>) =>
    await keepAcceptedTerms(parts, "@alice:test", new Map([["m.login.terms", { accepted }]]));
  await accept({ privacy: "1", terms: "7" });
  await accept({ privacy: "1", terms: "8" });
  await keepAcceptedTerms(parts, "@bob:test", new Map());
  const kept = await database.all<Row>("SELECT user_id, policy, version FROM accepted_terms ORDER BY policy, version");
  assert.deepEqual(
    kept.map((row) => Object.values(row).join(" ")),
    ["@alice:test privacy 1", "@alice:test terms 7", "@alice:test terms 8"],
  );
});
