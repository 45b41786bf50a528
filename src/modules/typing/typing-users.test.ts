import assert from "node:assert/strict";
import { mock, test, type TestContext } from "node:test";
import { TypingUsers } from "./typing-users.ts";

const [alice, bob] = ["@alice:test", "@bob:test"];

/** Who types, by a clock that the test moves; and in which rooms that changed. */
function start(context: TestContext) {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  context.after(() => mock.timers.reset());
  const changed: string[] = [];
  const users = new TypingUsers({ clock: { now: () => Date.now() }, changed: (roomId) => changed.push(roomId) });
  return { users, changed };
}

test("typing ends when it was said to, for each user by itself", (context) => {
  const { users, changed } = start(context);
  users.set("!a:test", alice, 5_000);
  users.set("!a:test", bob, 1_000);
  users.set("!b:test", bob, 3_000);
  assert.deepEqual(users.in("!a:test"), [alice, bob]);
  mock.timers.tick(1_001);
  assert.deepEqual(users.in("!a:test"), [alice]);
  assert.deepEqual(changed, ["!a:test", "!a:test", "!b:test", "!a:test"]);
  mock.timers.tick(2_000);
  mock.timers.tick(2_000);
  assert.deepEqual(changed.slice(4), ["!b:test", "!a:test"]);
  assert.deepEqual([users.in("!a:test"), users.in("!b:test")], [[], []]);
});

test("who goes on typing is told once, and believed for two minutes at most", (context) => {
  const { users, changed } = start(context);
  users.set("!a:test", alice, 1_000);
  mock.timers.tick(500);
  users.set("!a:test", alice, Number.MAX_SAFE_INTEGER);
  mock.timers.tick(10_000);
  assert.deepEqual(users.in("!a:test"), [alice]);
  assert.deepEqual(changed, ["!a:test"]);
  mock.timers.tick(110_001);
  assert.deepEqual(users.in("!a:test"), []);
  assert.deepEqual(changed, ["!a:test", "!a:test"]);
});

test("who stops, or leaves, is told once", (context) => {
  const { users, changed } = start(context);
  for (const userId of [alice, bob]) users.set("!a:test", userId, 1_000);
  users.set("!a:test", alice, 0);
  users.set("!a:test", alice, 0);
  users.leave("!a:test", bob);
  users.leave("!a:test", bob);
  assert.deepEqual(users.in("!a:test"), []);
  assert.equal(changed.length, 4);
  mock.timers.tick(2_000);
  assert.equal(changed.length, 4);
});

test("of those who end one after another in a moment, all are told together", (context) => {
  const { users, changed } = start(context);
  for (let n = 0; n < 50; n++) users.set("!a:test", `@u${n}:test`, 1_000 + n);
  changed.length = 0;
  mock.timers.tick(1_001);
  mock.timers.tick(99);
  assert.equal(changed.length, 1);
  assert.deepEqual(users.in("!a:test"), []);
  mock.timers.tick(1);
  assert.equal(changed.length, 2);
});
