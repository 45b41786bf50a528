import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";
import type { Database, SqlValue } from "../../store/sql.ts";

recordAnswers();

const validityPath = "/_matrix/client/v1/register/m.login.registration_token/validity";

async function addToken(database: Database, ...params: SqlValue[]): Promise<void> {
  const text = "INSERT INTO registration_tokens (token, uses_allowed, used, expires_at) VALUES ($1, $2, 0, $3)";
  const [result] = await database.commit([[{ text, params }]]);
  assert.equal(result?.ok, true);
}

const bodyWith = (username: string, token: string) => ({
  auth: { type: "m.login.registration_token", token },
  username,
  password: "correct horse",
});

eachDatabase("a token of the configuration registers any number of accounts", async (database) => {
  const { ask } = await startAccounts(database, { mode: "token", tokens: ["open-sesame"] });
  for (const name of ["alice", "bob"]) {
    const answer = await ask("POST register", { body: bodyWith(name, "open-sesame") });
    assert.equal(answer.json().user_id, `@${name}:test`);
  }
});

eachDatabase("a wrong token is M_FORBIDDEN within the 401, with the flows", async (database) => {
  const { ask } = await startAccounts(database, { mode: "token", tokens: ["open-sesame"] });
  const answer = await ask("POST register", { body: bodyWith("alice", "open-sesam") });
  assert.equal(refusalOf(answer), "401 M_FORBIDDEN");
  assert.deepEqual(answer.json().flows, [{ stages: ["m.login.registration_token"] }]);
});

eachDatabase("a counted token is used up by accounts, not by attempts", async (database) => {
  const { ask, join } = await startAccounts(database, { mode: "token" });
  await addToken(database, "once", 1, 0);
  await join("alice");
  assert.equal(refusalOf(await ask("POST register", { body: bodyWith("alice", "once") })), "400 M_USER_IN_USE");
  assert.equal((await ask("POST register", { body: bodyWith("bob", "once") })).statusCode, 200);
  assert.equal(refusalOf(await ask("POST register", { body: bodyWith("carol", "once") })), "401 M_FORBIDDEN");
});

eachDatabase("of two accounts that use up one token at once, one is made", async (database) => {
  const { ask } = await startAccounts(database, { mode: "token" });
  await addToken(database, "once", 1, 0);
  const names = ["alice", "bob"];
  const answers = await Promise.all(names.map((name) => ask("POST register", { body: bodyWith(name, "once") })));
  assert.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1);
});

eachDatabase("a token is valid until it expires", async (database) => {
  const { ask, clock } = await startAccounts(database, { mode: "token" });
  await addToken(database, "short", 0, clock.now() + 1000);
  assert.deepEqual((await ask(`GET ${validityPath}?token=short`)).json(), { valid: true });
  clock.advance(1000);
  assert.deepEqual((await ask(`GET ${validityPath}?token=short`)).json(), { valid: false });
  for (const token of ["unknown", "a%00b", ""]) {
    assert.deepEqual((await ask(`GET ${validityPath}?token=${token}`)).json(), { valid: false }, token);
  }
});

eachDatabase("where tokens are not used, nothing is said of them", async (database) => {
  const { ask } = await startAccounts(database, { mode: "open", tokens: ["open-sesame"] });
  assert.equal(refusalOf(await ask(`GET ${validityPath}?token=open-sesame`)), "403 M_FORBIDDEN");
});
