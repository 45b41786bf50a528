import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { summaryOf } from "./room-summary.ts";
import { alice, bob, openEngineForTest, type TestEngine } from "./testing.ts";

async function summary({ rooms }: TestEngine, roomId: string) {
  return await summaryOf(rooms, await rooms.require(roomId));
}

eachDatabase("a room without a name says who may enter and how many are there", async (database) => {
  const engine = await openEngineForTest(database);
  const { roomId } = await engine.room({ preset: "private_chat", members: [alice, bob] });
  const expected = {
    room_id: roomId,
    num_joined_members: 3,
    world_readable: false,
    guest_can_join: false,
    join_rule: "invite",
    room_version: "12",
  };
  assert.deepEqual(await summary(engine, roomId), expected);
  assert.deepEqual(await summary(await engine.reopen(), roomId), expected);
});

eachDatabase("a summary has what the state says", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ historyVisibility: "world_readable" });
  await room.set("m.room.name", { name: "Loom" });
  await room.set("m.room.topic", { topic: "Threads" });
  await room.set("m.room.canonical_alias", { alias: "#loom:test" });
  await room.set("m.room.avatar", { url: "mxc://test/loom" });
  await room.set("m.room.guest_access", { guest_access: "can_join" });
  await room.set("m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" });
  const allow = [{ type: "m.room_membership", room_id: "!a:test" }, { type: "other", room_id: "!b:test" }, 1];
  await room.set("m.room.join_rules", { join_rule: "restricted", allow });
  assert.deepEqual(await summary(engine, room.roomId), {
    room_id: room.roomId,
    num_joined_members: 1,
    world_readable: true,
    guest_can_join: true,
    join_rule: "restricted",
    name: "Loom",
    topic: "Threads",
    canonical_alias: "#loom:test",
    avatar_url: "mxc://test/loom",
    room_version: "12",
    encryption: "m.megolm.v1.aes-sha2",
    allowed_room_ids: ["!a:test"],
  });
});

eachDatabase("what is empty or of the wrong type is left out", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  await room.set("m.room.name", { name: "" });
  await room.set("m.room.topic", { topic: 1, "m.topic": { "m.text": "Threads" } });
  await room.set("m.room.canonical_alias", { alias: null });
  assert.deepEqual(Object.keys(await summary(engine, room.roomId)), [
    "room_id",
    "num_joined_members",
    "world_readable",
    "guest_can_join",
    "join_rule",
    "room_version",
  ]);
});

eachDatabase("of a topic in several forms the plain text is taken", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room();
  const forms = [{ mimetype: "text/html", body: "<b>Threads</b>" }, { body: "Threads" }];
  await room.set("m.room.topic", { topic: "Old", "m.topic": { "m.text": forms } });
  assert.equal((await summary(engine, room.roomId)).topic, "Threads");
  await room.set("m.room.topic", { topic: "Old", "m.topic": { "m.text": forms.slice(0, 1) } });
  assert.equal((await summary(engine, room.roomId)).topic, "Old");
});
