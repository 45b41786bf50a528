import assert from "node:assert/strict";
import { type EventJson, type PageJson, path, type SyncJson, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

async function start(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

const ignore = async (user: TestClient, ...ignored: readonly TestClient[]): Promise<void> => {
  const ignored_users = Object.fromEntries(ignored.map(({ userId }) => [userId, {}]));
  await user.put(path`user/${user.userId}/account_data/m.ignored_user_list`, { ignored_users });
};

const bodies = (events: readonly EventJson[] = []) =>
  events.filter(({ type }) => type === "m.room.message").map(({ content }) => content["body"]);
const timelineOf = (answer: SyncJson, roomId: string) => answer.rooms?.join?.[roomId]?.timeline.events;

it("messages of ignored users are not told by sync, neither at first nor later; their state is", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  await bob.say(roomId, "before");
  await alice.say(roomId, "mine");
  await ignore(alice, bob);
  const first = await alice.sync();
  assert.deepEqual(bodies(timelineOf(first, roomId)), ["mine"]);
  assert.ok(
    timelineOf(first, roomId)?.some(({ sender }) => sender === bob.userId),
    "the join is state",
  );
  await bob.say(roomId, "ignored");
  assert.equal((await alice.sync({ since: first.next_batch })).rooms, undefined, "the room has no news");
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Robert" });
  const later = await alice.sync({ since: first.next_batch });
  assert.deepEqual(
    timelineOf(later, roomId)?.map(({ type, content }) => [type, content["displayname"]]),
    [["m.room.member", "Robert"]],
  );
});

it("a message of an ignored user wakes nobody who waits, and the next message is told", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  await ignore(alice, bob);
  const { next_batch: since } = await alice.sync();
  const waiting = alice.sync({ since, timeout: 10_000 });
  await bob.say(roomId, "ignored");
  await alice.say(roomId, "mine");
  assert.deepEqual(bodies(timelineOf(await waiting, roomId)), ["mine"]);
});

it("who is ignored no more is heard from then on; a fresh sync tells what was missed", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  await ignore(alice, bob);
  await bob.say(roomId, "missed");
  const { next_batch: since } = await alice.sync();
  await ignore(alice);
  await bob.say(roomId, "heard");
  const answer = await alice.syncUntil(since, (each) => timelineOf(each, roomId) !== undefined);
  assert.deepEqual(bodies(timelineOf(answer, roomId)), ["heard"]);
  assert.deepEqual(bodies(timelineOf(await alice.sync(), roomId)), ["missed", "heard"]);
});

it("pages and contexts leave out what ignored users said; the event asked for is given", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  const [, theirs, mine] = [
    await alice.say(roomId, "1"),
    await bob.say(roomId, "2"),
    await alice.say(roomId, "3"),
    await bob.say(roomId, "4"),
  ];
  await ignore(alice, bob);
  assert.deepEqual(bodies((await alice.messages(roomId)).chunk), ["3", "1"]);
  assert.deepEqual(bodies((await bob.messages(roomId, { limit: "4" })).chunk), ["4", "3", "2", "1"]);
  type ContextJson = { readonly events_before: readonly EventJson[]; readonly events_after: readonly EventJson[] };
  const context = await alice.get<ContextJson>(path`rooms/${roomId}/context/${mine}`);
  assert.deepEqual([bodies(context.events_before), bodies(context.events_after)], [["1"], []]);
  assert.equal((await alice.get<EventJson>(path`rooms/${roomId}/event/${theirs}`)).event_id, theirs);
});

it("invites by ignored users are not told, those of others are", async (homeserver) => {
  const [alice, bob, carol] = [
    await homeserver.register("alice"),
    await homeserver.register("bob"),
    await homeserver.register("carol"),
  ];
  await ignore(alice, bob);
  const { next_batch: since } = await alice.sync();
  const unwanted = await bob.createRoom({ invite: [alice.userId] });
  const wanted = await carol.createRoom({ invite: [alice.userId] });
  for (const answer of [
    await alice.sync({ since }),
    await alice.sync(),
    await alice.sync({ since, full_state: true }),
  ]) {
    assert.deepEqual(Object.keys(answer.rooms?.invite ?? {}), [wanted]);
  }
  await ignore(alice);
  assert.deepEqual(Object.keys((await alice.sync()).rooms?.invite ?? {}).toSorted(), [unwanted, wanted].toSorted());
});

it("the endpoints from before sync ignore likewise", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  await ignore(alice, bob);
  await bob.say(roomId, "ignored");
  await bob.createRoom({ invite: [alice.userId] });
  type RoomJson = { readonly room_id: string; readonly messages: PageJson };
  type InitialSyncJson = { readonly end: string; readonly rooms: readonly RoomJson[] };
  const { rooms, end } = await alice.get<InitialSyncJson>("initialSync");
  assert.deepEqual(
    rooms.map((room) => [room.room_id, bodies(room.messages.chunk)]),
    [[roomId, []]],
  );
  await bob.say(roomId, "ignored too");
  await alice.say(roomId, "mine");
  const { chunk } = await alice.get<PageJson>(`events?from=${end}`);
  assert.deepEqual(bodies(chunk), ["mine"]);
});
