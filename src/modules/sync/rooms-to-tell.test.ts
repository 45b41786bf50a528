import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { bob, openEngineForTest, type TestEngine } from "../../engine/rooms/testing.ts";
import { defaultFilter } from "../../protocol/filters/parse.ts";
import { roomsToTell } from "./rooms-to-tell.ts";
import { SentMembers } from "./sent-members.ts";
import { SharedParts } from "./shared-parts.ts";
import type { SyncContext } from "./sync-context.ts";
import { syncFilter } from "./sync-filter.ts";

/** An answer for Bob that tells what lies between two positions, without help of a feed. */
function answerFor({ rooms, clock }: TestEngine, since: number, now: number): SyncContext {
  return {
    rooms,
    viewer: { userId: bob, deviceId: "PHONE" },
    filter: syncFilter(defaultFilter),
    since: { position: since, ephemeral: 0 },
    now: { position: now, ephemeral: 0 },
    changes: undefined,
    fullState: false,
    stateName: "state",
    sentMembers: new SentMembers(),
    sharedParts: new SharedParts(),
    ignored: new Set(),
    time: clock.now(),
  };
}

eachDatabase("a room that the user left only after what is told is told as joined", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [bob] });
  const since = engine.partitions.position;
  await room.say(room.creator, "Hello");
  const now = engine.partitions.position;
  await room.leave(bob);
  const told = await roomsToTell(answerFor(engine, since, now));
  assert.deepEqual(
    told.joined.map((each) => [each.room.roomId, each.inFull]),
    [[room.roomId, false]],
  );
  assert.deepEqual([told.left, told.outside], [[], []]);
  const next = await roomsToTell(answerFor(engine, now, engine.partitions.position));
  assert.deepEqual(
    next.left.map((each) => each.room.roomId),
    [room.roomId],
  );
});

eachDatabase(
  "a room that the user joined, or was invited to, only after what is told is not told yet",
  async (database) => {
    const engine = await openEngineForTest(database);
    const [joined, invited] = [await engine.room(), await engine.room({ preset: "private_chat" })];
    const now = engine.partitions.position;
    await joined.join(bob);
    await invited.invite(bob);
    const { left, outside, ...told } = await roomsToTell(answerFor(engine, now - 1, now));
    assert.deepEqual([told.joined, left, outside], [[], [], []]);
    const next = await roomsToTell(answerFor(engine, now, engine.partitions.position));
    assert.deepEqual(
      next.joined.map((each) => each.room.roomId),
      [joined.roomId],
    );
    assert.deepEqual(
      next.outside.map(({ roomId }) => roomId),
      [invited.roomId],
    );
  },
);
