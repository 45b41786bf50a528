import assert from "node:assert/strict";
import { test } from "node:test";
import { Gate } from "./gate.ts";

test("no more run at a time than are let through, and the others in order", async () => {
  const gate = new Gate({ running: 2, waiting: 10 });
  const started: number[] = [];
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const works = ends.map(async ({ promise }, index) => {
    await gate.run(async () => {
      started.push(index);
      await promise;
    });
  });
  assert.deepEqual(started, [0, 1]);
  ends[1]?.resolve();
  await works[1];
  assert.deepEqual(started, [0, 1, 2]);
  for (const { resolve } of ends) resolve();
  await Promise.all(works);
  assert.deepEqual(started, [0, 1, 2, 3]);
});

test("work that fails gives its place back", async () => {
  const gate = new Gate({ running: 1, waiting: 10 });
  await assert.rejects(
    gate.run(async () => await Promise.reject(new Error("broken"))),
    /broken/,
  );
  assert.deepEqual(await gate.run(async () => await Promise.resolve(1)), { value: 1 });
});

test("who comes when too many wait is turned away", async () => {
  const gate = new Gate({ running: 1, waiting: 1 });
  const end = Promise.withResolvers<void>();
  const running = gate.run(async () => await end.promise);
  const waiting = gate.run(async () => await end.promise);
  assert.equal(await gate.run(async () => await end.promise), undefined);
  end.resolve();
  await Promise.all([running, waiting]);
});
