import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import type { EventChange } from "../../engine/rooms/event-change.ts";
import { bob as viewer, openEngineForTest, type TestEngine } from "../../engine/rooms/testing.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { accessTo } from "../../engine/rooms/visibility.ts";
import { defaultFilter } from "../../protocol/filters/parse.ts";
import { joinedRoomPieces, type RoomPart, roomPart } from "./joined-room.ts";
import { SentMembers } from "./sent-members.ts";
import { SharedParts } from "./shared-parts.ts";
import type { SyncContext } from "./sync-context.ts";
import { syncFilter } from "./sync-filter.ts";

const filter = syncFilter(defaultFilter);

function contextOf({ rooms, partitions, clock }: TestEngine, since: number, events: readonly StoredEvent[]) {
  const changes = events.map(
    (event): EventChange => ({ kind: "event", position: event.position, roomId: event.roomId, event }),
  );
  return {
    rooms,
    viewer: { userId: viewer, deviceId: "PHONE" },
    filter,
    since: { position: since, ephemeral: 0 },
    now: { position: partitions.position, ephemeral: 0 },
    changes,
    fullState: false,
    stateName: "state",
    sentMembers: new SentMembers(),
    sharedParts: new SharedParts(),
    ignored: new Set<string>(),
    time: clock.now(),
  } satisfies SyncContext;
}

eachDatabase("what is shared is what is made for one alone", async (database) => {
  const engine = await openEngineForTest(database);
  const made = await engine.room({ members: [viewer] });
  const since = engine.partitions.position;
  await made.say(made.creator, "one");
  await made.say(made.creator, "two");
  const room = await engine.rooms.require(made.roomId);
  const context = contextOf(engine, since, room.recentAfter(since) ?? []);
  const access = await accessTo(engine.rooms, room, viewer);
  const alone = await roomPart(context, { room, access, inFull: false, until: Number.POSITIVE_INFINITY });
  const shared = await context.sharedParts.of(context, room);
  assert.ok(shared);
  const told = async (part: RoomPart) => (await Array.fromAsync(joinedRoomPieces(context, part, {}))).join("");
  assert.equal(await told(shared), await told(alone));
  assert.equal(await context.sharedParts.of(context, room), shared, "it is made once");
  const other = { ...context, filter: syncFilter(defaultFilter) };
  assert.notEqual(await context.sharedParts.of(other, room), shared, "another filter may tell it otherwise");
});

eachDatabase("nothing is shared that differs by who asks or asks for more than the messages", async (database) => {
  const engine = await openEngineForTest(database);
  const made = await engine.room({ members: [viewer] });
  const since = engine.partitions.position;
  await made.say(made.creator, "one");
  const room = await engine.rooms.require(made.roomId);
  const context = contextOf(engine, since, room.recentAfter(since) ?? []);
  const isShared = async (change: Partial<SyncContext>) =>
    (await context.sharedParts.of({ ...context, ...change }, room)) !== undefined;
  assert.equal(await isShared({}), true);
  const lazily = { ...filter, lazyLoadMembers: true };
  assert.equal(await isShared({ filter: lazily }), false, "the client does not know the sender");
  context.sentMembers.add(context.viewer, room.roomId, { member: made.creator, at: { position: since, ephemeral: 0 } });
  assert.equal(await isShared({ filter: lazily }), true);
  const others: Partial<SyncContext>[] = [
    { fullState: true },
    { changes: [] },
    { changes: undefined },
    { viewer: { userId: made.creator, deviceId: "PHONE" } },
    { ignored: new Set([made.creator]) },
    { filter: { ...filter, keepsTimeline: () => false } },
    { filter: { ...filter, timelineLimit: 0 } },
    { filter: { ...lazily, includeRedundantMembers: true } },
  ];
  for (const [index, other] of others.entries()) assert.equal(await isShared(other), false, `number ${index}`);
});

const it = homeserverTests();

it("everybody who waits gets the message, each in their own way", async (homeserver) => {
  const [alice, bob, carol] = await Promise.all(["alice", "bob", "carol"].map((name) => homeserver.register(name)));
  assert.ok(alice && bob && carol);
  const roomId = await alice.createRoom({ preset: "public_chat" });
  for (const member of [bob, carol]) await member.join(roomId);
  await carol.put(`user/${carol.userId}/account_data/m.ignored_user_list`, { ignored_users: { [alice.userId]: {} } });
  const since = new Map<string, string>();
  for (const member of [alice, bob, carol]) since.set(member.userId, (await member.sync()).next_batch);
  const answers = [alice, bob, carol].map((member) =>
    member.syncUntil(since.get(member.userId) ?? "", ({ rooms }) => rooms?.join?.[roomId] !== undefined),
  );
  await alice.say(roomId, "hello", "once");
  await bob.say(roomId, "and to you");
  const [toAlice, toBob, toCarol] = await Promise.all(answers);
  const first = (answer: typeof toBob) => answer?.rooms?.join?.[roomId]?.timeline.events[0];
  assert.deepEqual([first(toAlice)?.content["body"], first(toAlice)?.unsigned?.["transaction_id"]], ["hello", "once"]);
  assert.deepEqual([first(toBob)?.content["body"], first(toBob)?.unsigned?.["transaction_id"]], ["hello", undefined]);
  assert.deepEqual(first(toCarol)?.content["body"], "and to you");
});
