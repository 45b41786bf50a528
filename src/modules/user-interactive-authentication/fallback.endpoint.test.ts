import assert from "node:assert/strict";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests({ registration: { mode: "token", tokens: ["open-sesame"] } });

const pageOf = (type: string): string => `/_matrix/client/v3/auth/${type}/fallback/web`;

async function deletionOf(homeserver: TestHomeserver) {
  const alice = await homeserver.register("alice");
  const other = await homeserver.otherDeviceOf(alice);
  const remove = async (auth?: object) =>
    await alice.answer("POST", "delete_devices", { devices: [other.deviceId], auth });
  const first = await remove();
  assert.equal(first.status, 401);
  const session = String(first.json()["session"]);
  return { alice, session, remove };
}

it("who cannot complete a stage in the client does so in a browser", async (homeserver) => {
  const { alice, session, remove } = await deletionOf(homeserver);
  const browser = homeserver.anonymous();
  const shown = await browser.answer("GET", `${pageOf("m.login.password")}?session=${session}`);
  assert.equal(shown.status, 200);
  assert.equal(shown.headers["content-type"], "text/html; charset=utf-8");
  assert.match(shown.text, new RegExp(`<form method="post">[^]*value="${session}"[^]*type="password"`));
  assert.ok(shown.text.includes(alice.userId));
  const wrong = await browser.submit(pageOf("m.login.password"), { session, password: "wrong" });
  assert.equal(wrong.status, 403);
  assert.match(wrong.text, /role="alert">The password is wrong</);
  assert.equal((await remove({ session })).status, 401);
  const right = await browser.submit(pageOf("m.login.password"), { session, password: "correct horse" });
  assert.equal(right.status, 200);
  assert.match(right.text, /window\.onAuthDone\(\)[^]*postMessage\("authDone", "\*"\)/);
  assert.match((await browser.answer("GET", `${pageOf("m.login.password")}?session=${session}`)).text, /<h1>Done</);
  assert.equal((await remove({ session })).status, 200);
});

it("a page of an unknown session, or of one that ended, says so", async (homeserver) => {
  const { session, remove } = await deletionOf(homeserver);
  const browser = homeserver.anonymous();
  for (const unknown of ["unknown", "a".repeat(24), "%00", "%3Cscript%3E"]) {
    const answer = await browser.answer("GET", `${pageOf("m.login.password")}?session=${unknown}`);
    assert.equal(answer.status, 404, unknown);
    assert.match(answer.text, /no longer valid/);
  }
  assert.equal((await remove({ session, type: "m.login.password", password: "correct horse" })).status, 200);
  assert.equal((await browser.answer("GET", `${pageOf("m.login.password")}?session=${session}`)).status, 404);
  assert.equal((await browser.submit(pageOf("m.login.password"), { session, password: "correct horse" })).status, 404);
});

it("a stage without a page is named as such", async (homeserver) => {
  const { session } = await deletionOf(homeserver);
  const answer = await homeserver.anonymous().answer("GET", `${pageOf("m.login.nothing")}?session=${session}`);
  assert.equal(answer.status, 404);
  assert.match(answer.text, /cannot be done in a browser/);
});

it("a registration token is given in a browser", async (homeserver) => {
  const browser = homeserver.anonymous();
  const wishes = { username: `token${Date.now()}`, password: "correct horse" };
  const first = await browser.answer("POST", "register", wishes);
  const session = String(first.json()["session"]);
  const page = pageOf("m.login.registration_token");
  assert.match((await browser.answer("GET", `${page}?session=${session}`)).text, /name="token"/);
  assert.match((await browser.submit(page, { session, token: "guess" })).text, /role="alert"/);
  assert.match((await browser.submit(page, { session, token: "open-sesame" })).text, /<h1>Done</);
  const done = await browser.answer("POST", "register", { ...wishes, auth: { session } });
  assert.equal(done.status, 200);
});

it("a form that is huge is refused before it is read", async (homeserver) => {
  const { session } = await deletionOf(homeserver);
  const huge = { session, password: "a".repeat(100_000) };
  assert.equal((await homeserver.anonymous().submit(pageOf("m.login.password"), huge)).status, 413);
});
