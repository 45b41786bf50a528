import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

const PATHS = [
  (room: string) => path`/_matrix/client/v1/room_summary/${room}`,
  (room: string) => path`/_matrix/client/unstable/im.nheko.summary/summary/${room}`,
  (room: string) => path`/_matrix/client/unstable/im.nheko.summary/rooms/${room}/summary`,
] as const;

const summary = async (client: TestClient, room: string) => await client.get(PATHS[0](room));

it("a summary tells what the room is and what the user is to it, by ID and alias", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const name = `loom${alice.userId.slice(6, -5)}`;
  const roomId = await alice.createRoom({
    preset: "public_chat",
    name: "Loom",
    room_alias_name: name,
    creation_content: { type: "m.space" },
    room_version: "11",
  });
  const expected = {
    room_id: roomId,
    num_joined_members: 1,
    world_readable: false,
    guest_can_join: false,
    join_rule: "public",
    name: "Loom",
    canonical_alias: `#${name}:test`,
    room_type: "m.space",
    room_version: "11",
  };
  for (const to of PATHS) {
    for (const room of [roomId, `#${name}:test`]) {
      assert.deepEqual(await bob.get(to(room)), { ...expected, membership: "leave" });
    }
  }
  assert.deepEqual(await summary(alice, roomId), { ...expected, membership: "join" });
});

it("who is not logged in is told of rooms that anybody may know of, and of no membership", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const [open, closed] = [await alice.createRoom({ preset: "public_chat" }), await alice.createRoom()];
  const stranger = homeserver.anonymous();
  const told = await summary(stranger, open);
  assert.equal(told["room_id"], open);
  assert.equal("membership" in told, false);
  assert.equal(await refusal(summary(stranger, closed)), "404 M_NOT_FOUND");
});

it("rooms that are hidden, and those that are not known, are not found", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom();
  for (const room of [roomId, "!unknown:test", "#unknown:test"]) {
    assert.equal(await refusal(summary(bob, room)), "404 M_NOT_FOUND");
  }
  assert.equal(await refusal(summary(bob, "nonsense")), "400 M_INVALID_PARAM");
  await alice.tell("invite", roomId, bob);
  assert.equal((await summary(bob, roomId))["membership"], "invite");
});
