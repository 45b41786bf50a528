import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";

recordAnswers();

const dummy = { type: "m.login.dummy" };
const password = "correct horse";

eachDatabase("an empty request is told the flows", async (database) => {
  const { ask } = await startAccounts(database);
  const answer = await ask("POST register", { body: {} });
  assert.equal(answer.statusCode, 401);
  const { session, ...rest } = answer.json();
  assert.equal(typeof session, "string");
  assert.deepEqual(rest, { flows: [{ stages: ["m.login.dummy"] }], params: {} });
});

eachDatabase("one request that brings its stage makes an account and a session", async (database) => {
  const { ask } = await startAccounts(database);
  const answer = await ask("POST register", { body: { auth: dummy, username: "alice", password, device_id: "PHONE" } });
  const { access_token: token, ...rest } = answer.json();
  assert.deepEqual(rest, { user_id: "@alice:test", device_id: "PHONE", home_server: "test" });
  assert.equal((await ask("GET account/whoami", { token })).json().device_id, "PHONE");
});

eachDatabase("the session of the first answer is completed by a second request", async (database) => {
  const { ask } = await startAccounts(database);
  const { session } = (await ask("POST register", { body: {} })).json();
  const body = { auth: { ...dummy, session }, username: "alice", password };
  assert.equal((await ask("POST register", { body })).json().user_id, "@alice:test");
});

eachDatabase("a client whose answer got lost asks again, and nobody else gets into the account", async (database) => {
  const { ask, users } = await startAccounts(database);
  const { session } = (await ask("POST register", { body: {} })).json();
  const body = { auth: { ...dummy, session }, password, device_id: "PHONE" };
  const first = (await ask("POST register", { body })).json();
  const second = (await ask("POST register", { body })).json();
  assert.deepEqual([second.user_id, second.device_id], [first.user_id, "PHONE"]);
  assert.equal((await users.devices.list(first.user_id)).length, 1);
  const username = first.user_id.slice(1, -5);
  const named = { ...body, username };
  assert.equal((await ask("POST register", { body: named })).json().user_id, first.user_id);
  const wrong = { ...named, password: "another horse" };
  assert.equal(refusalOf(await ask("POST register", { body: wrong })), "400 M_USER_IN_USE");
  const other = { ...body, username: "other" };
  assert.equal(refusalOf(await ask("POST register", { body: other })), "401 M_FORBIDDEN");
});

eachDatabase("a client may go on with `auth` alone: what it asked for at first is kept", async (database) => {
  const { ask, users } = await startAccounts(database);
  const body = { username: "alice", password, device_id: "PHONE", initial_device_display_name: "Phone" };
  const { session, completed } = (await ask("POST register", { body })).json();
  assert.equal(completed, undefined);
  const { access_token: _, ...made } = (await ask("POST register", { body: { auth: { ...dummy, session } } })).json();
  assert.deepEqual(made, { user_id: "@alice:test", device_id: "PHONE", home_server: "test" });
  assert.equal((await users.devices.list("@alice:test"))[0]?.displayName, "Phone");
  assert.ok(await users.accounts.checkPassword("@alice:test", password));
  assert.equal(refusalOf(await ask("POST register", { body: { auth: { ...dummy, session } } })), "401 M_FORBIDDEN");
  const stored = await database.all("SELECT completed FROM uia_sessions", []);
  assert.ok(!JSON.stringify(stored).includes(password));
});

eachDatabase("what a later request says counts, and a hash is taken from nobody", async (database) => {
  const { ask, users } = await startAccounts(database);
  const { session } = (
    await ask("POST register", { body: { username: "alice", password, inhibit_login: true } })
  ).json();
  const auth = { ...dummy, session };
  const hashed = { auth, username: "alice", passwordHash: await users.passwords.hash("stolen") };
  assert.equal(refusalOf(await ask("POST register", { body: hashed })), "400 M_MISSING_PARAM");
  const made = (await ask("POST register", { body: { auth } })).json();
  assert.deepEqual(made, { user_id: "@alice:test", home_server: "test" });
  const without = (await ask("POST register", { body: {} })).json();
  const alone = { auth: { ...dummy, session: without.session } };
  assert.equal(refusalOf(await ask("POST register", { body: alone })), "400 M_MISSING_PARAM");
});

eachDatabase("a session outlives a failure, so that another name can be tried", async (database) => {
  const { ask, join } = await startAccounts(database);
  await join("alice");
  const { session } = (await ask("POST register", { body: {} })).json();
  const body = (username: string) => ({ auth: { ...dummy, session }, username, password });
  assert.equal(refusalOf(await ask("POST register", { body: body("alice") })), "400 M_USER_IN_USE");
  assert.equal((await ask("POST register", { body: body("bob") })).json().user_id, "@bob:test");
});

eachDatabase("no session is made with inhibit_login", async (database) => {
  const { ask, users } = await startAccounts(database);
  const body = { auth: dummy, username: "alice", password, inhibit_login: true };
  assert.deepEqual((await ask("POST register", { body })).json(), { user_id: "@alice:test", home_server: "test" });
  assert.deepEqual(await users.devices.list("@alice:test"), []);
});

eachDatabase("capitals become small letters, and other characters are M_INVALID_USERNAME", async (database) => {
  const { ask } = await startAccounts(database);
  const register = async (username: string) =>
    await ask("POST register", { body: { auth: dummy, username, password } });
  assert.equal((await register("User-UPPER")).json().user_id, "@user-upper:test");
  assert.equal((await register("a.b_c=d/e+f-1")).json().user_id, "@a.b_c=d/e+f-1:test");
  for (const username of ["", "a b", "a:b", "@alice", "ü", "a!b", "12345", "x".repeat(250), "a\nb", "a\u0000b"]) {
    assert.equal(refusalOf(await register(username)), "400 M_INVALID_USERNAME", username);
  }
});

eachDatabase("without a name one is made up", async (database) => {
  const { ask } = await startAccounts(database);
  const answer = await ask("POST register", { body: { auth: dummy, password } });
  assert.match(answer.json().user_id, /^@[a-z]{12}:test$/);
});

eachDatabase("of registrations of one name at once, one wins", async (database) => {
  const { ask } = await startAccounts(database);
  const body = { auth: dummy, username: "alice", password };
  const answers = await Promise.all([1, 2, 3].map(async () => await ask("POST register", { body })));
  assert.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1);
  assert.ok(answers.every(({ statusCode, body: text }) => statusCode === 200 || text.includes("M_USER_IN_USE")));
});

eachDatabase("a password is needed, and must not be weak", async (database) => {
  const { ask } = await startAccounts(database);
  const weak = await ask("POST register", { body: { auth: dummy, username: "alice", password: "short" } });
  assert.equal(refusalOf(weak), "400 M_WEAK_PASSWORD");
  const none = await ask("POST register", { body: { auth: dummy, username: "alice" } });
  assert.equal(refusalOf(none), "400 M_MISSING_PARAM");
});

eachDatabase("a name of an application service is M_EXCLUSIVE", async (database) => {
  const { ask } = await startAccounts(database, { isExclusive: (userId) => userId.startsWith("@irc_") });
  const answer = await ask("POST register", { body: { auth: dummy, username: "irc_alice", password } });
  assert.equal(refusalOf(answer), "400 M_EXCLUSIVE");
});

eachDatabase("a closed server registers nobody", async (database) => {
  const { ask } = await startAccounts(database, { mode: "closed" });
  const answer = await ask("POST register", { body: { auth: dummy, username: "alice", password } });
  assert.equal(refusalOf(answer), "403 M_FORBIDDEN");
  assert.equal(refusalOf(await ask("GET register/available?username=alice")), "403 M_FORBIDDEN");
});

eachDatabase("a guest gets a name of digits, and may not do what users may", async (database) => {
  const { ask } = await startAccounts(database, { mode: "closed", guests: true });
  const answer = await ask("POST register?kind=guest", { body: { username: "alice", device_id: "MINE" } });
  const { user_id: userId, device_id: deviceId, access_token: token } = answer.json();
  assert.match(userId, /^@\d+:test$/);
  assert.notEqual(deviceId, "MINE");
  assert.equal((await ask("GET account/whoami", { token })).json().is_guest, true);
  assert.equal(
    refusalOf(await ask("POST delete_devices", { token, body: { devices: [] } })),
    "403 M_GUEST_ACCESS_FORBIDDEN",
  );
});

eachDatabase("guests are refused where they are not allowed", async (database) => {
  const { ask } = await startAccounts(database);
  assert.equal(refusalOf(await ask("POST register?kind=guest", { body: {} })), "403 M_GUEST_ACCESS_FORBIDDEN");
  assert.equal(refusalOf(await ask("POST register?kind=robot", { body: {} })), "400 M_INVALID_PARAM");
});

eachDatabase("a name is available until it is taken", async (database) => {
  const { ask, join } = await startAccounts(database);
  assert.deepEqual((await ask("GET register/available?username=alice")).json(), { available: true });
  await join("alice");
  assert.equal(refusalOf(await ask("GET register/available?username=alice")), "400 M_USER_IN_USE");
  assert.equal(refusalOf(await ask("GET register/available?username=a%20b")), "400 M_INVALID_USERNAME");
});

eachDatabase("registrations are limited by address", async (database) => {
  const { ask } = await startAccounts(database, { rateLimits: { registration: { perSecond: 1, burst: 1 } } });
  assert.equal((await ask("POST register", { body: {} })).statusCode, 401);
  assert.equal(refusalOf(await ask("POST register", { body: {} })), "429 M_LIMIT_EXCEEDED");
});
