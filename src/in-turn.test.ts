import assert from "node:assert/strict";
import { test } from "node:test";
import { InTurn } from "./in-turn.ts";

/** Something that ends when the test says so. */
function task(inTurn: InTurn, key: string, log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const done = inTurn.run(key, async () => {
    log.push(name);
    return await promise;
  });
  return { done, resolve, reject };
}

/** Lets all go on that needs no outside help. */
const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

test("things of a key are done one after another, those of others at once", async () => {
  const [inTurn, log] = [new InTurn(), new Array<string>()];
  const [first, second, other] = [
    task(inTurn, "a", log, "first"),
    task(inTurn, "a", log, "second"),
    task(inTurn, "b", log, "other"),
  ];
  await settle();
  assert.deepEqual(log, ["first", "other"]);
  first.resolve("1");
  assert.equal(await first.done, "1");
  await settle();
  assert.deepEqual(log, ["first", "other", "second"]);
  second.resolve("2");
  other.resolve("3");
  assert.deepEqual(await Promise.all([second.done, other.done]), ["2", "3"]);
});

test("what fails is told to whoever gave it, and keeps nobody from going on", async () => {
  const [inTurn, log] = [new InTurn(), new Array<string>()];
  const [first, second] = [task(inTurn, "a", log, "first"), task(inTurn, "a", log, "second")];
  first.reject(new Error("no"));
  await assert.rejects(first.done, /no/);
  second.resolve("2");
  assert.equal(await second.done, "2");
  const third = task(inTurn, "a", log, "third");
  third.resolve("3");
  assert.equal(await third.done, "3");
});
