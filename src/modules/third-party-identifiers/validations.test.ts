import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import type { Row, Sql } from "../../store/sql.ts";
import { createValidations, type TokenToSend, validatedLifetimeMs, type ValidationRequest } from "./validations.ts";

const tokenLifetimeMs = 60_000;
const request: ValidationRequest = {
  purpose: "add",
  medium: "email",
  address: "alice@example.org",
  clientSecret: "secret",
  sendAttempt: 1,
  nextLink: "",
};

async function start(database: Parameters<typeof createUsersForTest>[0]) {
  const parts = await createUsersForTest(database);
  const validations = createValidations({ ...parts, tokenLifetimeMs });
  const sent: TokenToSend[] = [];
  const ask = async (more: Partial<ValidationRequest> = {}) =>
    await validations.request({ ...request, ...more }, async (token) => void sent.push(token));
  return { ...parts, validations, sent, ask };
}

const rowsOf = async (sql: Sql) => await sql.all<Row>("SELECT * FROM validation_sessions");

eachDatabase("a link expires, and what it has shown later", async (database) => {
  const { validations, clock, sent, ask } = await start(database);
  const sid = await ask();
  const { token = "" } = sent[0] ?? {};
  clock.advance(tokenLifetimeMs - 1);
  assert.ok(await validations.submit(sid, token));
  const session = { sid, clientSecret: "secret", purpose: "add" } as const;
  clock.advance(validatedLifetimeMs - 1);
  assert.equal((await validations.validated(session))?.address, "alice@example.org");
  clock.advance(1);
  assert.equal(await validations.validated(session), undefined);
  const later = await ask();
  assert.notEqual(later, sid);
  clock.advance(tokenLifetimeMs);
  assert.equal(await validations.look(later, sent[1]?.token ?? ""), undefined);
  assert.equal(await validations.submit(later, sent[1]?.token ?? ""), undefined);
});

eachDatabase("the database holds neither tokens nor secrets, and forgets what has expired", async (database) => {
  const { clock, sent, ask } = await start(database);
  await ask({ clientSecret: "a-secret-of-the-client" });
  const text = JSON.stringify(await rowsOf(database));
  assert.ok(!text.includes("a-secret-of-the-client") && !text.includes(sent[0]?.token ?? ""));
  clock.advance(tokenLifetimeMs);
  await ask();
  assert.equal((await rowsOf(database)).length, 1);
});

eachDatabase("of the same attempts at once one sends", async (database) => {
  const { sent, ask } = await start(database);
  const sids = await Promise.all([ask(), ask(), ask()]);
  assert.equal(new Set(sids).size, 1);
  assert.equal(sent.length, 1);
});

eachDatabase("what could not be sent is sent by the same attempt later", async (database) => {
  const { validations, sent, ask } = await start(database);
  const failing = validations.request(request, async () => await Promise.reject(new Error("no mail")));
  await assert.rejects(failing, /no mail/);
  await ask();
  assert.equal(sent.length, 1);
});

eachDatabase("a session is its purpose's, its address's and its secret's alone", async (database) => {
  const { ask } = await start(database);
  const others = [
    { purpose: "password" },
    { address: "bob@example.org" },
    { clientSecret: "other" },
    { medium: "msisdn" },
  ] as const;
  const sids = [await ask()];
  for (const other of others) sids.push(await ask(other));
  assert.equal(new Set(sids).size, others.length + 1);
});
