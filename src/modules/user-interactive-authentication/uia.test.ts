import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import { Answer } from "../../http/endpoint.ts";
import { forbidden, limitExceeded, MatrixError } from "../../http/errors.ts";
import type { Database, Row } from "../../store/sql.ts";
import { dummyStage, type Stage } from "./stage.ts";
import { createUia, sessionLifetimeMs, type UiaRequest } from "./uia.ts";

const word: Stage = {
  type: "word",
  params: () => ({ hint: "seeds" }),
  async attempt({ auth }) {
    if (auth["word"] === "busy") throw limitExceeded(1000);
    if (auth["word"] !== "sesame") throw forbidden("That is not the word");
    return { said: "sesame" };
  },
};
const flows = [["m.login.dummy", "word"], ["never"]];
const operation = "POST /door";

async function start(database: Database) {
  const parts = await createUsersForTest(database);
  const open = () => createUia({ ...parts, stages: [dummyStage, word] });
  return { ...parts, uia: open(), /** As after a restart. */ open };
}

function challengeOf(outcome: object): Record<string, unknown> {
  assert.ok(outcome instanceof Answer && outcome.status === 401 && typeof outcome.body === "object");
  return Object.fromEntries(Object.entries(outcome.body));
}

const keeping = (door: number) => async () => ({ door });

const request = (auth?: object, over: Partial<UiaRequest> = {}): UiaRequest => ({
  operation,
  userId: "@alice:test",
  body: { door: 1, ...(auth && { auth }) },
  ...over,
});

eachDatabase("stages are completed one by one, in any order, across a restart", async (database) => {
  const { uia, open } = await start(database);
  const { session, completed } = challengeOf(await uia.require(request(), flows));
  assert.equal(completed, undefined);
  const second = challengeOf(await uia.require(request({ session, type: "word", word: "sesame" }), flows));
  assert.deepEqual([second["session"], second["completed"]], [session, ["word"]]);
  const done = await open().require(request({ session, type: "m.login.dummy" }), flows);
  assert.ok(!(done instanceof Answer));
  assert.deepEqual(
    done.results,
    new Map([
      ["word", { said: "sesame" }],
      ["m.login.dummy", {}],
    ]),
  );
});

eachDatabase("what is kept of a body belongs to the request that began, and ends with it", async (database) => {
  const { uia } = await start(database);
  const first = request(undefined, { keep: keeping(1) });
  const { session, ...challenge } = challengeOf(await uia.require(first, flows));
  assert.deepEqual(Object.keys(challenge).toSorted(), ["flows", "params"]);
  const next = (auth?: object) => request({ session, ...auth }, { keep: keeping(2) });
  const second = challengeOf(await uia.require(next({ type: "word", word: "sesame" }), flows));
  assert.deepEqual(second["completed"], ["word"]);
  assert.deepEqual(await uia.keptOf(next()), { door: 1 });
  await assert.rejects(uia.keptOf({ ...next(), operation: "POST /window" }), { errcode: "M_FORBIDDEN" });
  assert.equal(await uia.keptOf(request()), undefined);
  const done = await uia.require(next({ type: "m.login.dummy" }), flows);
  assert.ok(!(done instanceof Answer));
  assert.deepEqual([...done.results.keys()].toSorted(), ["m.login.dummy", "word"]);
  await done.end("opened");
  assert.equal(await uia.keptOf(next()), undefined);
});

eachDatabase("a flow that one stage completes needs no session", async (database) => {
  const { uia } = await start(database);
  const done = await uia.require(request({ type: "word", word: "sesame" }), [["word"]]);
  assert.ok(!(done instanceof Answer));
  await done.end();
  assert.deepEqual(await database.all<Row>("SELECT * FROM uia_sessions"), []);
});

eachDatabase("a failed stage tells why, and what was completed stays so", async (database) => {
  const { uia } = await start(database);
  const { session } = challengeOf(await uia.require(request({ type: "m.login.dummy" }), flows));
  const failed = challengeOf(await uia.require(request({ session, type: "word", word: "open" }), flows));
  assert.deepEqual([failed["errcode"], failed["error"]], ["M_FORBIDDEN", "That is not the word"]);
  assert.deepEqual([failed["session"], failed["completed"]], [session, ["m.login.dummy"]]);
  assert.ok(!((await uia.require(request({ session, type: "word", word: "sesame" }), flows)) instanceof Answer));
});

eachDatabase("a stage of no flow is refused", async (database) => {
  const { uia } = await start(database);
  const refused = challengeOf(await uia.require(request({ type: "word", word: "sesame" }), [["m.login.dummy"]]));
  assert.equal(refused["errcode"], "M_UNKNOWN");
  assert.equal(challengeOf(await uia.require(request({ type: "never" }), flows))["errcode"], "M_UNKNOWN");
});

eachDatabase("a session alone says how far it is, and goes on when it is complete", async (database) => {
  const { uia } = await start(database);
  const { session } = challengeOf(await uia.require(request({ type: "m.login.dummy" }), flows));
  const waiting = challengeOf(await uia.require(request({ session }), flows));
  assert.deepEqual([waiting["errcode"], waiting["completed"]], [undefined, ["m.login.dummy"]]);
  await uia.require(request({ session, type: "word", word: "sesame" }), flows);
  assert.ok(!((await uia.require(request({ session }), flows)) instanceof Answer));
});

eachDatabase("a session is good for its operation, its user and its body alone", async (database) => {
  const { uia } = await start(database);
  const { session } = challengeOf(await uia.require(request(), flows));
  const auth = { session, type: "m.login.dummy" };
  const others: Partial<UiaRequest>[] = [
    { operation: "POST /window" },
    { userId: "@bob:test" },
    { userId: undefined },
    { body: { door: 2, auth } },
    { body: { auth } },
  ];
  for (const other of others) {
    await assert.rejects(uia.require(request(auth, other), flows), isForbidden, JSON.stringify(other));
  }
});

eachDatabase(
  "the order of members does not make another body, and a body that may change is not looked at",
  async (database) => {
    const { uia } = await start(database);
    const { session } = challengeOf(
      await uia.require(request(undefined, { body: { a: { x: 1, y: 2 }, b: 1 } }), flows),
    );
    const auth = { session, type: "m.login.dummy" };
    challengeOf(await uia.require(request(undefined, { body: { b: 1, auth, a: { y: 2, x: 1 } } }), flows));
    const free = challengeOf(await uia.require(request(undefined, { mayBodyChange: true }), flows));
    const other = { mayBodyChange: true, body: { new: 1, auth: { ...auth, session: free["session"] } } };
    assert.equal(challengeOf(await uia.require(request(undefined, other), flows))["session"], free["session"]);
  },
);

eachDatabase("a session that is unknown, expired or ended begins anew", async (database) => {
  const { uia, clock } = await start(database);
  const { session } = challengeOf(await uia.require(request({ type: "m.login.dummy" }), flows));
  clock.advance(sessionLifetimeMs);
  for (const old of [session, "unknown", "a\u0000b"]) {
    const anew = challengeOf(await uia.require(request({ session: old, type: "word", word: "sesame" }), flows));
    assert.equal(anew["errcode"], "M_FORBIDDEN");
    assert.notEqual(anew["session"], old);
    assert.deepEqual(anew["completed"], []);
  }
  const fresh = challengeOf(await uia.require(request({ type: "m.login.dummy" }), flows))["session"];
  const done = await uia.require(request({ session: fresh, type: "word", word: "sesame" }), flows);
  assert.ok(!(done instanceof Answer));
  await done.end();
  assert.notEqual(challengeOf(await uia.require(request({ session: fresh }), flows))["session"], fresh);
});

eachDatabase(
  "an outcome is told to its own request until the session expires, which serves no second one",
  async (database) => {
    const { uia, clock } = await start(database);
    const { session } = challengeOf(await uia.require(request(), [["word"]]));
    const again = request({ session, type: "word", word: "sesame" });
    assert.equal(await uia.outcomeOf(again), undefined);
    const done = await uia.require(again, [["word"]]);
    assert.ok(!(done instanceof Answer));
    await done.end({ door: "open" });
    assert.deepEqual(await uia.outcomeOf(again), { door: "open" });
    assert.equal(await uia.outcomeOf(request()), undefined);
    await assert.rejects(uia.outcomeOf({ ...again, operation: "POST /window" }), isForbidden);
    assert.notEqual(challengeOf(await uia.require(again, [["word"]]))["session"], session);
    clock.advance(sessionLifetimeMs);
    assert.equal(await uia.outcomeOf(again), undefined);
  },
);

eachDatabase("expired sessions are cleared away", async (database) => {
  const { uia, clock } = await start(database);
  await uia.require(request(), flows);
  clock.advance(sessionLifetimeMs);
  await uia.require(request(), flows);
  assert.equal((await database.all<Row>("SELECT * FROM uia_sessions")).length, 1);
});

eachDatabase("being too fast is no failed stage", async (database) => {
  const { uia } = await start(database);
  const error = await uia.require(request({ type: "word", word: "busy" }), flows).catch((reason: unknown) => reason);
  assert.ok(error instanceof MatrixError && error.errcode === "M_LIMIT_EXCEEDED");
});

eachDatabase("what a stage has to say stands in the answer of each step", async (database) => {
  const { uia } = await start(database);
  const first = challengeOf(await uia.require(request(), flows));
  assert.deepEqual(first["params"], { word: { hint: "seeds" } });
  const auth = { session: first["session"], type: "m.login.dummy" };
  assert.deepEqual(challengeOf(await uia.require(request(auth), flows))["params"], first["params"]);
});

eachDatabase("a stage that is complete is not tried again", async (database) => {
  const { uia } = await start(database);
  const { session } = challengeOf(await uia.require(request({ type: "word", word: "sesame" }), flows));
  const again = challengeOf(await uia.require(request({ session, type: "word", word: "wrong" }), flows));
  assert.deepEqual([again["errcode"], again["completed"]], [undefined, ["word"]]);
});

eachDatabase("a stage completed in a browser lets the client go on with the session alone", async (database) => {
  const { uia, open } = await start(database);
  const session = String(challengeOf(await uia.require(request(), flows))["session"]);
  const found = await uia.session(session);
  assert.deepEqual([found?.operation, found?.userId, found?.completed.size], [operation, "@alice:test", 0]);
  await assert.rejects(uia.completeInBrowser(session, "word", { word: "open" }), isForbidden);
  await uia.completeInBrowser(session, "word", { word: "sesame" });
  await open().completeInBrowser(session, "m.login.dummy", {});
  assert.deepEqual((await uia.session(session))?.completed, new Set(["word", "m.login.dummy"]));
  const done = await uia.require(request({ session }), flows);
  assert.ok(!(done instanceof Answer));
  assert.deepEqual(done.results.get("word"), { said: "sesame" });
  await done.end({});
  assert.equal(await uia.session(session), undefined);
  await assert.rejects(uia.completeInBrowser(session, "word", {}), { errcode: "M_NOT_FOUND" });
});

eachDatabase("a browser completes nothing of a session that is not there or has no such stage", async (database) => {
  const { uia, clock } = await start(database);
  const session = String(challengeOf(await uia.require(request(), [["word"]]))["session"]);
  await assert.rejects(uia.completeInBrowser(session, "m.login.dummy", {}), { errcode: "M_NOT_FOUND" });
  clock.advance(sessionLifetimeMs);
  for (const gone of [session, "unknown", "a\u0000b"]) {
    assert.equal(await uia.session(gone), undefined);
    await assert.rejects(uia.completeInBrowser(gone, "word", { word: "sesame" }), { errcode: "M_NOT_FOUND" });
  }
});

eachDatabase("stages completed at the same time are all kept, whichever process writes them", async (database) => {
  const { uia, open } = await start(database);
  const session = String(challengeOf(await uia.require(request(), flows))["session"]);
  await Promise.all([
    uia.require(request({ session, type: "m.login.dummy" }), flows),
    open().completeInBrowser(session, "word", { word: "sesame" }),
    open().require(request({ session }), flows),
  ]);
  assert.deepEqual((await uia.session(session))?.completed, new Set(["m.login.dummy", "word"]));
});

const isForbidden = (error: unknown): boolean => error instanceof MatrixError && error.errcode === "M_FORBIDDEN";
