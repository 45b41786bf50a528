import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

type RoomJson = {
  readonly room_id: string;
  readonly room_type?: string;
  readonly children_state: readonly Readonly<Record<string, unknown>>[];
};
type HierarchyJson = { readonly rooms: readonly RoomJson[]; readonly next_batch?: string };

const VIA = ["test"];

async function hierarchy(client: TestClient, roomId: string, query: object = {}): Promise<HierarchyJson> {
  const text = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  return await client.get(`${path`/_matrix/client/v1/rooms/${roomId}/hierarchy`}?${text}`);
}

const idsOf = ({ rooms }: HierarchyJson): string[] => rooms.map(({ room_id: roomId }) => roomId);

const space = async (client: TestClient, wishes: object = {}): Promise<string> =>
  await client.createRoom({ preset: "public_chat", creation_content: { type: "m.space" }, ...wishes });

const room = async (client: TestClient, wishes: object = {}): Promise<string> =>
  await client.createRoom({ preset: "public_chat", ...wishes });

const add = async (client: TestClient, parent: string, child: string, content: object = {}): Promise<string> =>
  await client.setState(parent, "m.space.child", { via: VIA, ...content }, child);

it("a space is followed by what is in it, depth first, every room once", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const [root, below] = [await space(alice), await space(alice)];
  const [first, inner, last] = [await room(alice), await room(alice), await room(alice)];
  for (const [index, child] of [first, below, last].entries()) await add(alice, root, child, { order: `${index}` });
  await add(alice, below, inner);
  await add(alice, below, last);
  // A circle.
  await add(alice, below, root);
  const found = await hierarchy(alice, root);
  assert.deepEqual(idsOf(found), [root, first, below, inner, last]);
  assert.equal(found.next_batch, undefined);
  assert.deepEqual(
    found.rooms.map(({ room_type: type }) => type),
    ["m.space", undefined, "m.space", undefined, undefined],
  );
  const child = found.rooms[0]?.children_state[0];
  assert.deepEqual(Object.keys(child ?? {}).toSorted(), ["content", "origin_server_ts", "sender", "state_key", "type"]);
  assert.equal(child?.["state_key"], first);
  assert.deepEqual(found.rooms[1]?.children_state, []);
});

it("children are ordered by their order if it is valid, then by time, then by ID", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const root = await space(alice);
  const rooms: string[] = [];
  for (const order of [undefined, "é", "z", " ", "x".repeat(51), 1]) {
    const child = await room(alice);
    rooms.push(child);
    await add(alice, root, child, { order });
  }
  const expected = [3, 2, 0, 1, 4, 5].map((index) => rooms[index]);
  assert.deepEqual(idsOf(await hierarchy(alice, root)), [root, ...expected]);
});

it("children without servers to join through, and those not suggested when asked so, are left out", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const root = await space(alice);
  const [kept, gone, suggested] = [await room(alice), await room(alice), await room(alice)];
  await add(alice, root, kept, { order: "a" });
  await add(alice, root, gone);
  await alice.setState(root, "m.space.child", {}, gone);
  await add(alice, root, "no-room");
  await add(alice, root, suggested, { suggested: true });
  const all = await hierarchy(alice, root);
  assert.deepEqual(idsOf(all), [root, kept, suggested]);
  assert.equal(all.rooms[0]?.children_state.length, 2);
  const some = await hierarchy(alice, root, { suggested_only: true });
  assert.deepEqual(idsOf(some), [root, suggested]);
  assert.equal(some.rooms[0]?.children_state.length, 1);
});

it("rooms are told to who may know of them; those not known here are passed over", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const root = await space(alice);
  const withRule = async (content: object): Promise<string> =>
    await alice.createRoom({ initial_state: [{ type: "m.room.join_rules", content }] });
  const restrictedTo = async (roomId: string): Promise<string> =>
    await withRule({ join_rule: "restricted", allow: [{ type: "m.room_membership", room_id: roomId }] });
  const hidden = await alice.createRoom();
  const banned = await room(alice);
  const readable = await alice.createRoom({
    initial_state: [{ type: "m.room.history_visibility", content: { history_visibility: "world_readable" } }],
  });
  const [invited, joined] = [await alice.createRoom(), await alice.createRoom()];
  const [knock, open, closed] = [
    await withRule({ join_rule: "knock" }),
    await restrictedTo(joined),
    await restrictedTo(hidden),
  ];
  for (const roomId of [invited, joined]) await alice.tell("invite", roomId, bob);
  await bob.join(joined);
  await alice.tell("ban", banned, bob);
  const children = [hidden, banned, readable, invited, joined, knock, open, closed, "!unknown:test"];
  for (const [index, child] of children.entries()) await add(alice, root, child, { order: `${index}` });
  assert.deepEqual(idsOf(await hierarchy(bob, root)), [root, readable, invited, joined, knock, open]);
  assert.deepEqual(idsOf(await hierarchy(alice, root)), [root, ...children.slice(0, -1)]);
  for (const roomId of [hidden, banned, "!unknown:test", "nonsense"]) {
    assert.equal(await refusal(hierarchy(bob, roomId)), "403 M_FORBIDDEN");
  }
  assert.deepEqual(idsOf(await hierarchy(bob, readable)), [readable], "a room that is no space is told alone");
});

it("max_depth ends the walk, and what is no number is refused", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const [root, below, inner] = [await space(alice), await space(alice), await room(alice)];
  await add(alice, root, below);
  await add(alice, below, inner);
  const depths = [[root], [root, below], [root, below, inner]];
  for (const [depth, expected] of depths.entries()) {
    assert.deepEqual(idsOf(await hierarchy(alice, root, { max_depth: depth })), expected);
  }
  for (const query of [{ max_depth: -1 }, { limit: 0 }, { limit: "many" }, { suggested_only: 1 }]) {
    assert.equal(await refusal(hierarchy(alice, root, query)), "400 M_INVALID_PARAM");
  }
  const unstable = path`/_matrix/client/unstable/org.matrix.msc2946/rooms/${root}/hierarchy`;
  assert.deepEqual(idsOf(await alice.get(unstable)), [root, below, inner]);
});

it("pages follow each other without gaps or doubles, over a restart, by tokens for the same question", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const [root, other] = [await space(alice), await space(alice)];
  const rooms: string[] = [];
  for (let n = 0; n < 6; n++) {
    const child = await room(alice);
    rooms.push(child);
    await add(alice, root, child, { order: `${n}` });
  }
  const first = await hierarchy(alice, root, { limit: 3 });
  assert.deepEqual(idsOf(first), [root, ...rooms.slice(0, 2)]);
  const from = first.next_batch;
  await homeserver.restart();
  const second = await hierarchy(alice, root, { limit: 3, from });
  assert.deepEqual(idsOf(second), rooms.slice(2, 5));
  assert.deepEqual(await hierarchy(alice, root, { limit: 3, from }), second, "a token is good for more than once");
  const third = await hierarchy(alice, root, { limit: 3, from: second.next_batch });
  assert.deepEqual([idsOf(third), third.next_batch], [rooms.slice(5), undefined]);
  for (const [roomId, query] of [
    [other, { from }],
    [root, { from, max_depth: 1 }],
    [root, { from, suggested_only: true }],
    [root, { from: "nonsense" }],
    [root, { from: Buffer.from("[1]").toString("base64url") }],
  ] as const) {
    assert.equal(await refusal(hierarchy(alice, roomId, query)), "400 M_INVALID_PARAM");
  }
  await alice.setState(root, "m.space.child", {}, rooms[1]);
  const after = await hierarchy(alice, root, { limit: 3, from });
  assert.deepEqual(idsOf(after), rooms.slice(3), "the last room told is gone: what was told is counted");
});
