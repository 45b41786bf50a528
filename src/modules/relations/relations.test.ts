import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import {
  bundled,
  type ChunkJson,
  edit,
  idsOf,
  ignore,
  react,
  redact,
  refer,
  relatesTo,
  relationsOf,
  reply,
  send,
  sharedRoom,
} from "./testing.ts";

const it = homeserverTests();

/** A message with a reply in its thread, an event of another type there, an edit and a reaction, in this order. */
async function related(homeserver: TestHomeserver) {
  const shared = await sharedRoom(homeserver);
  const { alice, bob, roomId } = shared;
  const root = await alice.say(roomId, "root");
  const inThread = await reply(bob, roomId, root);
  const dummy = await send(bob, roomId, relatesTo("m.thread", root), "org.example.dummy");
  const edited = await edit(alice, roomId, root, "changed");
  const reaction = await react(bob, roomId, root, "👍");
  return { ...shared, root, inThread, dummy, edited, reaction };
}

it("children are told by their relation and type, the latest first", async (homeserver) => {
  const { bob, roomId, root, inThread, dummy, edited, reaction } = await related(homeserver);
  const ids = async (kind: string) => idsOf(await relationsOf(bob, roomId, root, { kind, limit: "10" }));
  assert.deepEqual(await ids(""), [reaction, edited, dummy, inThread]);
  assert.deepEqual(await ids("/m.thread"), [dummy, inThread]);
  assert.deepEqual(await ids("/m.thread/m.room.message"), [inThread]);
  assert.deepEqual(await ids("/m.annotation/m.reaction"), [reaction]);
  assert.deepEqual(await ids("/org.example.none"), []);
  assert.deepEqual(await relationsOf(bob, roomId, inThread), { chunk: [] });
});

it("encrypted events relate by what they say in the clear", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const root = await send(alice, roomId, { ciphertext: "a" }, "m.room.encrypted");
  const content = { ciphertext: "b", ...relatesTo("m.thread", root) };
  const child = await send(alice, roomId, content, "m.room.encrypted");
  assert.deepEqual(idsOf(await relationsOf(alice, roomId, root, { kind: "/m.thread/m.room.encrypted" })), [child]);
  assert.equal((await bundled(alice, roomId, root))?.["m.thread"]?.latest_event.event_id, child);
});

it("children have bundles of their own, and their room", async (homeserver) => {
  const { bob, roomId, root, inThread } = await related(homeserver);
  const replacement = await edit(bob, roomId, inThread, "changed");
  const { chunk } = await relationsOf(bob, roomId, root, { kind: "/m.thread/m.room.message" });
  assert.equal(chunk[0]?.room_id, roomId);
  assert.equal(JSON.stringify(chunk[0]?.unsigned?.["m.relations"]).includes(replacement), true);
});

for (const dir of ["b", "f"]) {
  it(`pages in direction ${dir} have all children once`, async (homeserver) => {
    const { alice, roomId } = await sharedRoom(homeserver);
    const root = await alice.say(roomId, "root");
    const children: string[] = [];
    for (let n = 0; n < 7; n++) children.push(await reply(alice, roomId, root));
    const seen: string[] = [];
    const lengths: number[] = [];
    let from: string | undefined;
    do {
      const page: ChunkJson = await relationsOf(alice, roomId, root, { dir, limit: "3", ...(from && { from }) });
      assert.equal(page.prev_batch, from);
      seen.push(...idsOf(page));
      lengths.push(page.chunk.length);
      from = page.next_batch;
    } while (from !== undefined);
    assert.deepEqual(seen, dir === "f" ? children : children.toReversed());
    assert.deepEqual(lengths, [3, 3, 1]);
  });
}

it("a page that ends with the last child says so", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  for (let n = 0; n < 2; n++) await reply(alice, roomId, root);
  const page = await relationsOf(alice, roomId, root, { limit: "2" });
  assert.deepEqual([page.chunk.length, page.next_batch], [2, undefined]);
});

it("tokens of sync and of messages begin and end pages", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const before = [await reply(alice, roomId, root), await reply(alice, roomId, root)];
  const { next_batch: sync } = await alice.sync();
  const { start } = await alice.messages(roomId);
  const after = [await reply(alice, roomId, root)];
  for (const token of [sync, start]) {
    const ids = async (query: Readonly<Record<string, string>>) => idsOf(await relationsOf(alice, roomId, root, query));
    assert.deepEqual(await ids({ from: token }), before.toReversed());
    assert.deepEqual(await ids({ to: token }), after);
    assert.deepEqual(await ids({ dir: "f", from: token }), after);
    assert.deepEqual(await ids({ dir: "f", to: token }), before);
    assert.deepEqual(await ids({ "org.matrix.msc3715.dir": "f", to: token }), before);
  }
});

it("children of children are told when that is asked for, three steps deep", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const first = await reply(alice, roomId, root);
  const second = await edit(alice, roomId, first, "changed");
  const third = await react(alice, roomId, second, "👍");
  await react(alice, roomId, third, "👍");
  const page = await relationsOf(alice, roomId, root, { recurse: "true" });
  assert.deepEqual([idsOf(page), page.recursion_depth], [[third, second, first], 3]);
  const unstable = await relationsOf(alice, roomId, root, {
    "org.matrix.msc3981.recurse": "true",
    dir: "f",
    limit: "2",
  });
  assert.deepEqual(idsOf(unstable), [first, second]);
  const query = { recurse: "true", from: unstable.next_batch ?? "", dir: "f" };
  assert.deepEqual(idsOf(await relationsOf(alice, roomId, root, query)), [third]);
  const reactions = await relationsOf(alice, roomId, root, { recurse: "true", kind: "/m.annotation/m.reaction" });
  assert.deepEqual(idsOf(reactions), [third]);
  const flat = await relationsOf(alice, roomId, root, { recurse: "false" });
  assert.deepEqual([idsOf(flat), flat.recursion_depth], [[first], 0]);
  assert.equal("recursion_depth" in (await relationsOf(alice, roomId, root)), false);
});

it("a redacted child cuts off what relates to it", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const first = await reply(alice, roomId, root);
  const second = await edit(alice, roomId, first, "changed");
  const third = await react(alice, roomId, second, "👍");
  const all = async (eventId: string) => idsOf(await relationsOf(alice, roomId, eventId, { recurse: "true" }));
  await redact(alice, roomId, second);
  assert.deepEqual([await all(root), await all(first), await all(second)], [[first], [], [third]]);
  const another = await edit(alice, roomId, first, "changed");
  await redact(alice, roomId, first);
  assert.deepEqual([await all(root), await all(first)], [[], [another]]);
});

it("redacted children are gone, those of redacted parents stay", async (homeserver) => {
  const { alice, bob, roomId, root, inThread, dummy, edited, reaction } = await related(homeserver);
  await redact(bob, roomId, reaction);
  await redact(bob, roomId, dummy);
  await redact(alice, roomId, root);
  assert.deepEqual(idsOf(await relationsOf(bob, roomId, root)), [edited, inThread]);
});

it("references are bundled in the order in which they came, without those of ignored users", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "hello");
  const [one, two] = [await refer(alice, roomId, message), await refer(bob, roomId, message)];
  const chunk = async (user: TestClient) => (await bundled(user, roomId, message))?.["m.reference"]?.chunk;
  assert.deepEqual(await chunk(alice), [{ event_id: one }, { event_id: two }]);
  await ignore(alice, [bob]);
  assert.deepEqual(await chunk(alice), [{ event_id: one }]);
  assert.deepEqual(idsOf(await relationsOf(alice, roomId, message)), [one]);
  await redact(alice, roomId, one);
  assert.deepEqual(await chunk(alice), undefined);
  assert.deepEqual(await chunk(bob), [{ event_id: two }]);
  await redact(alice, roomId, message);
  assert.deepEqual(await chunk(bob), [{ event_id: two }]);
});

it("annotations are not bundled", async (homeserver) => {
  const { alice, roomId } = await sharedRoom(homeserver);
  const message = await alice.say(roomId, "hello");
  await react(alice, roomId, message, "👍");
  assert.equal(await bundled(alice, roomId, message), undefined);
});

it("children that a user may not see are left out", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "joined" });
  const message = await alice.say(roomId, "hello");
  const seen = await refer(alice, roomId, message);
  await bob.leave(roomId);
  const [unseen] = [await refer(alice, roomId, message)];
  assert.deepEqual(idsOf(await relationsOf(bob, roomId, message)), [seen]);
  assert.deepEqual((await bundled(bob, roomId, message))?.["m.reference"]?.chunk, [{ event_id: seen }]);
  await bob.join(roomId);
  const later = await refer(alice, roomId, message);
  assert.deepEqual(idsOf(await relationsOf(bob, roomId, message)), [later, seen]);
  assert.deepEqual(idsOf(await relationsOf(bob, roomId, message, { limit: "1" })), [later]);
  assert.deepEqual(idsOf(await relationsOf(alice, roomId, message)), [later, unseen, seen]);
  const references = async (user: TestClient) => (await bundled(user, roomId, message))?.["m.reference"]?.chunk;
  assert.deepEqual(await references(bob), [{ event_id: seen }, { event_id: later }]);
  assert.deepEqual(await references(alice), [{ event_id: seen }, { event_id: unseen }, { event_id: later }]);
});

it("events that do not exist or may not be seen are not found, and nonsense is refused", async (homeserver) => {
  const { alice, roomId, root } = await related(homeserver);
  const carol = await homeserver.register("carol");
  const elsewhere = await alice.createRoom();
  for (const [user, room, event] of [
    [alice, roomId, "$unknown"],
    [alice, roomId, "a\u0000b"],
    [alice, elsewhere, root],
    [alice, "!unknown:test", root],
    [carol, roomId, root],
  ] as const) {
    for (const kind of ["", "/m.thread", "/m.thread/m.room.message"]) {
      assert.equal(await refusal(relationsOf(user, room, event, { kind })), "404 M_NOT_FOUND", `${room} ${event}`);
    }
  }
  const wrong: Readonly<Record<string, string>>[] = [
    { dir: "x" },
    { from: "x" },
    { to: "x" },
    { limit: "0" },
    { limit: "-1" },
    { limit: "many" },
    { recurse: "maybe" },
  ];
  for (const query of wrong) {
    assert.equal(await refusal(relationsOf(alice, roomId, root, query)), "400 M_INVALID_PARAM", JSON.stringify(query));
  }
  assert.equal(await refusal(relationsOf(alice, roomId, root, { kind: "/a%00b" })), "400 M_INVALID_PARAM");
});

it("the path of older clients is served", async (homeserver) => {
  const { alice, roomId, root, inThread } = await related(homeserver);
  const older = path`/_matrix/client/unstable/rooms/${roomId}/relations/${root}/m.thread/m.room.message`;
  assert.deepEqual(idsOf(await alice.get<ChunkJson>(older)), [inThread]);
});
