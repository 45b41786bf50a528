import assert from "node:assert/strict";
import { path, refusal } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import {
  bundled,
  bundleOf,
  type ChunkJson,
  edit,
  idsOf,
  ignore,
  react,
  redact,
  reply,
  sharedRoom,
  threadsOf,
} from "./testing.ts";

const it = homeserverTests();

it("a thread is summed up with its root: the latest reply, how many, and whether the user is in it", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  const root = await alice.say(roomId, "root");
  await reply(bob, roomId, root, "one");
  const latest = await reply(bob, roomId, root, "two");
  for (const [user, isIn] of [
    [alice, true],
    [bob, true],
    [carol, false],
  ] as const) {
    const thread = (await bundled(user, roomId, root))?.["m.thread"];
    assert.deepEqual([thread?.count, thread?.current_user_participated], [2, isIn]);
    assert.equal(thread?.latest_event.event_id, latest);
    assert.equal(thread?.latest_event.room_id, roomId);
    assert.equal(thread?.latest_event.content["body"], "two");
  }
  await reply(carol, roomId, root);
  assert.equal((await bundled(carol, roomId, root))?.["m.thread"]?.current_user_participated, true);
});

it("the latest reply has its own edit, and no thread", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const latest = await reply(bob, roomId, root);
  const replacement = await edit(bob, roomId, latest, "changed");
  const thread = (await bundled(alice, roomId, root))?.["m.thread"];
  assert.equal(thread?.count, 1);
  assert.equal(thread?.latest_event.event_id, latest);
  assert.equal(bundleOf(thread?.latest_event)?.["m.replace"]?.event_id, replacement);
  assert.equal(bundleOf(thread?.latest_event)?.["m.thread"], undefined);
});

it("in sync the latest reply has the form of the other events", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const latest = await reply(alice, roomId, root);
  const { timeline } = (await alice.sync()).rooms?.join?.[roomId] ?? {};
  const inSync = bundleOf(timeline?.events.find(({ event_id }) => event_id === root))?.["m.thread"]?.latest_event;
  assert.deepEqual([inSync?.event_id, inSync?.room_id], [latest, undefined]);
});

it("redacted replies do not count, and a thread without replies is none", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const [one, two] = [await reply(alice, roomId, root), await reply(bob, roomId, root)];
  await redact(bob, roomId, two);
  const thread = (await bundled(bob, roomId, root))?.["m.thread"];
  assert.deepEqual([thread?.count, thread?.latest_event.event_id], [1, one]);
  assert.equal(thread?.current_user_participated, false);
  assert.deepEqual(idsOf(await threadsOf(bob, roomId, { include: "participated" })), []);
  assert.deepEqual(idsOf(await threadsOf(alice, roomId, { include: "participated" })), [root]);
  await redact(alice, roomId, one);
  assert.equal(await bundled(bob, roomId, root), undefined);
  assert.deepEqual(await threadsOf(alice, roomId), { chunk: [] });
  await reply(bob, roomId, root);
  assert.equal((await bundled(bob, roomId, root))?.["m.thread"]?.count, 1);
});

it("the thread of a redacted root stays", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const latest = await reply(bob, roomId, root);
  await edit(alice, roomId, root, "changed");
  await redact(alice, roomId, root);
  const bundle = await bundled(bob, roomId, root);
  assert.deepEqual([bundle?.["m.thread"]?.latest_event.event_id, bundle?.["m.replace"]], [latest, undefined]);
  const { chunk } = await threadsOf(bob, roomId);
  assert.deepEqual([chunk[0]?.event_id, chunk[0]?.content], [root, {}]);
});

it("replies of ignored users are left out of the count and are not the latest", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  const [root, quiet] = [await alice.say(roomId, "root"), await alice.say(roomId, "quiet")];
  const [first] = [await reply(carol, roomId, root), await reply(bob, roomId, root), await reply(bob, roomId, root)];
  await reply(bob, roomId, quiet);
  await ignore(alice, [bob]);
  const thread = (await bundled(alice, roomId, root))?.["m.thread"];
  assert.deepEqual([thread?.count, thread?.latest_event.event_id], [1, first]);
  assert.equal(await bundled(alice, roomId, quiet), undefined);
  assert.deepEqual(idsOf(await threadsOf(alice, roomId)), [root]);
  assert.equal((await bundled(carol, roomId, root))?.["m.thread"]?.count, 3);
});

it("the root of an ignored user is listed without its content", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await bob.say(roomId, "root");
  await edit(bob, roomId, root, "changed");
  await reply(alice, roomId, root);
  await ignore(alice, [bob]);
  const [listed] = (await threadsOf(alice, roomId)).chunk;
  assert.deepEqual([listed?.event_id, listed?.content], [root, {}]);
  assert.deepEqual(Object.keys(bundleOf(listed) ?? {}), ["m.thread"]);
  assert.deepEqual((await threadsOf(bob, roomId)).chunk[0]?.content["body"], "root");
});

it("threads are listed by their latest reply, in pages", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const roots: string[] = [];
  for (let n = 0; n < 5; n++) roots.push(await alice.say(roomId, `root ${n}`));
  for (const root of roots) await reply(bob, roomId, root);
  await react(alice, roomId, roots[1] ?? "", "👍");
  const latest = await reply(alice, roomId, roots[0] ?? "");
  const expected = [roots[0], ...roots.slice(1).toReversed()];
  const seen: string[] = [];
  let from: string | undefined;
  do {
    const page: ChunkJson = await threadsOf(bob, roomId, { limit: "2", ...(from && { from }) });
    seen.push(...idsOf(page));
    from = page.next_batch;
  } while (from !== undefined);
  assert.deepEqual(seen, expected);
  const [first] = (await threadsOf(bob, roomId, { include: "all" })).chunk;
  assert.equal(bundleOf(first)?.["m.thread"]?.latest_event.event_id, latest);
  assert.equal(first?.room_id, roomId);
});

it("only the threads that a user is in are listed when that is asked for", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const [byAlice, byBob] = [await alice.say(roomId, "a"), await bob.say(roomId, "b")];
  await reply(alice, roomId, byAlice);
  await reply(alice, roomId, byBob);
  const ids = async (user: typeof alice) => idsOf(await threadsOf(user, roomId, { include: "participated" }));
  assert.deepEqual(await ids(bob), [byBob]);
  assert.deepEqual(await ids(alice), [byBob, byAlice]);
  await reply(bob, roomId, byAlice);
  assert.deepEqual(await ids(bob), [byAlice, byBob]);
});

it("who has left sees the threads as they were then", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const first = await reply(bob, roomId, root);
  await bob.leave(roomId);
  await reply(alice, roomId, root);
  const later = await alice.say(roomId, "later");
  await reply(alice, roomId, later);
  const { chunk } = await threadsOf(bob, roomId);
  const thread = bundleOf(chunk[0])?.["m.thread"];
  assert.deepEqual([chunk.length, chunk[0]?.event_id], [1, root]);
  assert.deepEqual([thread?.count, thread?.latest_event.event_id], [1, first]);
  assert.equal(thread?.current_user_participated, true);
});

it("outsiders and nonsense are refused, the path of older clients is served", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  for (const room of [roomId, "!unknown:test", "nonsense"]) {
    assert.equal(await refusal(threadsOf(carol, room)), "403 M_FORBIDDEN", room);
  }
  const wrong: Readonly<Record<string, string>>[] = [
    { include: "none" },
    { limit: "0" },
    { limit: "-1" },
    { limit: "x" },
    { from: "x" },
  ];
  for (const query of wrong) {
    assert.equal(await refusal(threadsOf(alice, roomId, query)), "400 M_INVALID_PARAM", JSON.stringify(query));
  }
  const older = path`/_matrix/client/unstable/org.matrix.msc3856/rooms/${roomId}/threads`;
  assert.deepEqual(await alice.get(older), { chunk: [] });
});

it("counts outlive a restart", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  for (let n = 0; n < 3; n++) await reply(bob, roomId, root);
  await homeserver.restart();
  const thread = (await bundled(alice, roomId, root))?.["m.thread"];
  assert.deepEqual([thread?.count, thread?.current_user_participated], [3, true]);
});
