import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { createUsersForTest } from "../../engine/users/testing.ts";
import { Steps } from "./browser.ts";
import type { Step } from "./sessions.store.ts";

const step: Step = { step: "confirm", userId: "@alice:test", redirectUrl: "https://client.test/" };
const cookieOf = (headers: Readonly<Record<string, string>>) => ({ cookie: headers["set-cookie"]?.split(";")[0] });

eachDatabase("a step is taken once, by its browser, before it expires", async (database) => {
  const parts = await createUsersForTest(database);
  const steps = new Steps({ ...parts, isSecure: true });
  const first = await steps.begin({}, step);
  const second = await steps.begin(cookieOf(first.cookie), step);
  assert.match(first.cookie["set-cookie"] ?? "", /; HttpOnly; SameSite=Lax; Secure$/);
  assert.equal(await steps.take({}, first.id), undefined);
  assert.equal(await steps.take({ cookie: `heddle_sso=${"x".repeat(43)}` }, first.id), undefined);
  assert.deepEqual(await steps.take(cookieOf(first.cookie), first.id), step);
  assert.equal(await steps.take(cookieOf(first.cookie), first.id), undefined);
  // Pages in several windows of one browser do not disturb each other.
  assert.equal(first.cookie["set-cookie"], second.cookie["set-cookie"]);
  parts.clock.advance(15 * 60 * 1000);
  assert.equal(await steps.take(cookieOf(second.cookie), second.id), undefined);
});

eachDatabase("neither IDs nor cookies are stored as they are", async (database) => {
  const steps = new Steps({ ...(await createUsersForTest(database)), isSecure: false });
  const { id, cookie } = await steps.begin({}, step);
  const stored = JSON.stringify(await database.all("SELECT * FROM sso_sessions"));
  assert.ok(!stored.includes(id));
  assert.ok(!stored.includes(cookieOf(cookie).cookie?.split("=")[1] ?? ""));
});
