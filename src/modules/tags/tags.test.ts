import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

async function tagsOf(user: TestClient, roomId: string): Promise<unknown> {
  return (await user.get(path`user/${user.userId}/rooms/${roomId}/tags`))["tags"];
}

async function tag(user: TestClient, roomId: string, name: string, data: unknown = {}): Promise<unknown> {
  return await user.put<object>(path`user/${user.userId}/rooms/${roomId}/tags/${name}`, data);
}

it("tags are given, changed, listed and taken away", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  assert.deepEqual(await tagsOf(alice, roomId), {});
  assert.deepEqual(await tag(alice, roomId, "m.favourite", { order: 0.5 }), {});
  await tag(alice, roomId, "u.work/ü", { order: 1, "org.example.colour": "red" });
  await tag(alice, roomId, "m.favourite");
  assert.deepEqual(await tagsOf(alice, roomId), {
    "m.favourite": {},
    "u.work/ü": { order: 1, "org.example.colour": "red" },
  });
  const favourite = path`user/${alice.userId}/rooms/${roomId}/tags/${"m.favourite"}`;
  assert.deepEqual(await alice.delete(favourite), {});
  assert.deepEqual(await alice.delete(favourite), {}, "a tag that is not there counts as taken away");
  assert.deepEqual(Object.keys(Object(await tagsOf(alice, roomId))), ["u.work/ü"]);
});

it("sync tells the tags as account data of the room", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  await tag(alice, roomId, "u.a", { order: 0 });
  const first = await alice.sync();
  const told = (answer: typeof first) => answer.rooms?.join?.[roomId]?.account_data?.events;
  assert.deepEqual(told(first), [{ type: "m.tag", content: { tags: { "u.a": { order: 0 } } } }]);
  await alice.delete(path`user/${alice.userId}/rooms/${roomId}/tags/u.a`);
  assert.deepEqual(told(await alice.sync({ since: first.next_batch })), [{ type: "m.tag", content: { tags: {} } }]);
});

it("tags given at once are all kept", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  const names = ["u.1", "u.2", "u.3", "u.4"];
  await Promise.all(names.map(async (name) => await tag(alice, roomId, name)));
  assert.deepEqual(Object.keys(Object(await tagsOf(alice, roomId))).toSorted(), names);
});

it("what is no order, no name or no room is refused, and nothing is stored", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  for (const order of [-0.1, 1.1, "0.5", null]) {
    assert.equal(await refusal(tag(alice, roomId, "u.a", { order })), "400 M_INVALID_PARAM", String(order));
  }
  assert.equal(await refusal(tag(alice, roomId, "ü".repeat(128))), "400 M_INVALID_PARAM");
  assert.equal(await refusal(tag(alice, "nowhere", "u.a")), "400 M_INVALID_PARAM");
  assert.equal(await refusal(tag(alice, roomId, "u.a", [1])), "400 M_BAD_JSON");
  await tag(alice, roomId, "u.a", { long: "x".repeat(40_000) });
  assert.equal(await refusal(tag(alice, roomId, "u.b", { long: "x".repeat(40_000) })), "413 M_TOO_LARGE");
  assert.deepEqual(Object.keys(Object(await tagsOf(alice, roomId))), ["u.a"]);
});

it("any name is a tag's, whatever it means elsewhere", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  const names = ["__proto__", "constructor", "a\u0000b", "a/b", "x".repeat(255)];
  for (const name of names) await tag(alice, roomId, name, { order: 0.25 });
  const { next_batch: since, rooms } = await alice.sync();
  for (const tags of [await tagsOf(alice, roomId), rooms?.join?.[roomId]?.account_data?.events[0]?.content["tags"]]) {
    const found = Object.entries(Object(tags)).map(([name, data]) => `${name} ${JSON.stringify(data)}`);
    assert.deepEqual(
      found,
      names.map((name) => `${name} {"order":0.25}`),
    );
  }
  for (const name of names) await alice.delete(path`user/${alice.userId}/rooms/${roomId}/tags/${name}`);
  assert.deepEqual(await tagsOf(alice, roomId), {});
  assert.deepEqual((await alice.sync({ since })).rooms?.join?.[roomId]?.account_data?.events.length, 1);
});

it("nobody sees or changes the tags of others", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom();
  const tags = path`user/${alice.userId}/rooms/${roomId}/tags`;
  assert.equal(await refusal(bob.get(tags)), "403 M_FORBIDDEN");
  assert.equal(await refusal(bob.put(`${tags}/u.a`)), "403 M_FORBIDDEN");
  assert.equal(await refusal(bob.delete(`${tags}/u.a`)), "403 M_FORBIDDEN");
});

it("what clients wrote as account data themselves does no harm", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  await alice.put<object>(path`user/${alice.userId}/rooms/${roomId}/account_data/m.tag`, { tags: [1] });
  assert.deepEqual(await tagsOf(alice, roomId), {});
  await tag(alice, roomId, "u.a");
  assert.deepEqual(await tagsOf(alice, roomId), { "u.a": {} });
});
