import assert from "node:assert/strict";
import { path, refusal } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

async function start(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  const name = `#alias-${alice.userId.slice(1, -5)}:test`;
  return { alice, bob, roomId, name, alias: path`directory/room/${name}` };
}

it("an alias is set, found, listed and taken away", async (homeserver) => {
  const { alice, bob, roomId, name, alias } = await start(homeserver);
  assert.deepEqual(await alice.put(alias, { room_id: roomId }), {});
  assert.deepEqual(await bob.get(alias), { room_id: roomId, servers: ["test"] });
  assert.deepEqual(await alice.get(path`rooms/${roomId}/aliases`), { aliases: [name] });
  assert.equal(await refusal(bob.get(path`rooms/${roomId}/aliases`)), "403 M_FORBIDDEN");
  assert.deepEqual(await alice.delete(alias), {});
  assert.equal(await refusal(bob.get(alias)), "404 M_NOT_FOUND");
});

it("an alias that is taken stays where it points", async (homeserver) => {
  const { alice, bob, roomId, alias } = await start(homeserver);
  await alice.put(alias, { room_id: roomId });
  const other = await bob.createRoom();
  assert.equal(await refusal(bob.put(alias, { room_id: other })), "409 M_UNKNOWN");
  assert.equal((await bob.get(alias))["room_id"], roomId);
});

it("its maker takes an alias away, and who may name the room, and administrators", async (homeserver) => {
  const { alice, bob, roomId, alias } = await start(homeserver);
  const admin = await homeserver.register("admin", { isAdmin: true });
  await bob.join(roomId);
  await bob.put(alias, { room_id: roomId });
  await alice.delete(alias);
  await alice.put(alias, { room_id: roomId });
  assert.equal(await refusal(bob.delete(alias)), "403 M_FORBIDDEN");
  await admin.delete(alias);
  assert.equal(await refusal(alice.delete(alias)), "404 M_NOT_FOUND");
});

it("what is no alias of this server, no room or no member is refused", async (homeserver) => {
  const { alice, bob, roomId, alias } = await start(homeserver);
  const set = async (name: string) => await refusal(alice.put(path`directory/room/${name}`, { room_id: roomId }));
  for (const name of ["nonsense", "#no-server", "#a:elsewhere", "#a\u0000b:test", `#${"a".repeat(300)}:test`]) {
    assert.equal(await set(name), "400 M_INVALID_PARAM", name);
  }
  assert.equal(await refusal(alice.put(alias, {})), "400 M_MISSING_PARAM");
  assert.equal(await refusal(alice.put(alias, { room_id: 1 })), "400 M_BAD_JSON");
  assert.equal(await refusal(alice.put(alias, { room_id: "!unknown:test" })), "404 M_NOT_FOUND");
  assert.equal(await refusal(bob.put(alias, { room_id: roomId })), "403 M_FORBIDDEN");
  assert.equal(await refusal(bob.get(path`directory/room/nonsense`)), "400 M_INVALID_PARAM");
  assert.equal(await refusal(bob.get(alias)), "404 M_NOT_FOUND");
});

it("an alias that is taken away is no canonical alias any more, if who did it may say so", async (homeserver) => {
  const { alice, bob, roomId, name, alias } = await start(homeserver);
  await bob.join(roomId);
  const canonical = async () => await alice.get(path`rooms/${roomId}/state/m.room.canonical_alias`);
  const other = `${name.slice(0, -5)}-other:test`;
  await alice.put(alias, { room_id: roomId });
  await bob.put(path`directory/room/${other}`, { room_id: roomId });
  await alice.setState(roomId, "m.room.canonical_alias", { alias: name, alt_aliases: [other], "org.example": 1 });
  await bob.delete(path`directory/room/${other}`);
  assert.deepEqual(await canonical(), { alias: name, alt_aliases: [other], "org.example": 1 }, "bob has not the power");
  await alice.delete(alias);
  assert.deepEqual(await canonical(), { alt_aliases: [other], "org.example": 1 });
  await bob.put(path`directory/room/${other}`, { room_id: roomId });
  await alice.delete(path`directory/room/${other}`);
  assert.deepEqual(await canonical(), { alt_aliases: [], "org.example": 1 });
});
