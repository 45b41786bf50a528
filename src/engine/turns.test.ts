import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { SharedTurns } from "./turns.ts";

const PIECE_MS = 2;

function workFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test("work that goes on many times at once lets others have their turn, as if it were one", async () => {
  const turns = new SharedTurns();
  let turn = 0;
  const pieces: number[] = [];
  const work = async (): Promise<void> => {
    for (let piece = 0; piece < 3; piece++) {
      await turns.run(() => {
        pieces[turn] = (pieces[turn] ?? 0) + 1;
        workFor(PIECE_MS);
      });
    }
  };
  const state = { isOver: false };
  const all = Promise.all(Array.from({ length: 10 }, work)).finally(() => {
    state.isOver = true;
  });
  while (!state.isOver) {
    turn++;
    await nextTurn();
  }
  await all;
  // Two pieces of 2 ms are the 4 ms of a turn; a turn of the loop may end one share and begin another.
  assert.ok(Math.max(...pieces.filter((count) => count > 0)) <= 4, String(pieces));
  assert.equal(
    pieces.reduce((sum, count) => sum + count, 0),
    30,
  );
});
