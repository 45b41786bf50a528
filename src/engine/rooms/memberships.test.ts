import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { BrittleDatabase } from "../partitions/testing.ts";
import { alice, bob, creator, openEngineForTest } from "./testing.ts";
import { membershipOf } from "./visibility.ts";

const carol = "@carol:test";

eachDatabase("the table of memberships says what the state says", async (database) => {
  const engine = await openEngineForTest(database);
  const testRoom = await engine.room({ members: [alice, bob] });
  await testRoom.leave(alice);
  await testRoom.ban(bob);
  await testRoom.invite(carol);
  const room = await engine.rooms.require(testRoom.roomId);
  const members = (await engine.rooms.fullState(room.publishedState)).filter(({ pdu }) => pdu.type === "m.room.member");
  assert.deepEqual(members.map(membershipOf).toSorted(), ["ban", "invite", "join", "leave"]);
  for (const event of members) {
    const record = await engine.rooms.memberships.ofUserInRoom(event.stateKey ?? "", room.nid);
    assert.deepEqual([record?.membership, record?.position], [membershipOf(event), event.position]);
  }
  const joined = await Array.fromAsync(engine.rooms.memberships.inRoom(room.nid, "join"));
  assert.deepEqual(
    joined.flat().map(({ userId }) => userId),
    [creator],
  );
});

eachDatabase("somebody invited is told what room it is", async (database) => {
  const engine = await openEngineForTest(database);
  const testRoom = await engine.room({ preset: "private_chat" });
  await testRoom.set("m.room.name", { name: "Loom" });
  await testRoom.invite(alice);
  const [record] = await engine.rooms.memberships.ofUser(alice);
  assert.ok(Array.isArray(record?.strippedState));
  assert.deepEqual(
    record.strippedState.map((event: { type: string }) => event.type),
    ["m.room.create", "m.room.name", "m.room.join_rules", "m.room.member"],
  );
  await testRoom.join(alice);
  assert.deepEqual((await engine.rooms.memberships.ofUser(alice))[0]?.strippedState, []);
});

eachDatabase("a room is forgotten by who has left it, until the next change", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  const isForgotten = async (): Promise<boolean | undefined> =>
    (await engine.rooms.memberships.ofUser(alice))[0]?.isForgotten;
  await engine.rooms.forget(room.roomId, alice);
  assert.equal(await isForgotten(), false, "a member cannot forget it");
  await room.leave(alice);
  await engine.rooms.forget(room.roomId, alice);
  assert.equal(await isForgotten(), true);
  await room.invite(alice);
  assert.equal(await isForgotten(), false);
});

eachDatabase("a room counts its members by itself, and as the database does", async (database) => {
  const engine = await openEngineForTest(database);
  const testRoom = await engine.room({ members: [alice] });
  const check = async (joined: number, invited: number): Promise<void> => {
    const room = await engine.rooms.require(testRoom.roomId);
    assert.deepEqual(room.memberCounts, { joined, invited }, "known without asking the database");
    assert.deepEqual(await engine.rooms.memberCounts(room), { joined, invited });
    const { rooms } = await engine.reopen();
    assert.deepEqual(await rooms.memberCounts(await rooms.require(testRoom.roomId)), { joined, invited });
  };
  await check(2, 0);
  await testRoom.invite(bob);
  await check(2, 1);
  await testRoom.join(bob);
  await check(3, 0);
  await testRoom.join(bob);
  await check(3, 0);
  await testRoom.ban(bob);
  await check(2, 0);
  await testRoom.leave(alice);
  await check(1, 0);
});

eachDatabase("what is counted while memberships change is not kept", async (database) => {
  const brittle = new BrittleDatabase(database);
  const first = await openEngineForTest(brittle);
  const { roomId } = await first.room();
  const engine = await first.reopen();
  const room = await engine.rooms.require(roomId);
  brittle.hold();
  await engine.rooms.read(roomId, (current) => current.state("m.room.member", alice));
  const joining = engine.existing(roomId).join(alice);
  while (room.pendingMembershipCount === 0) await new Promise(setImmediate);
  await engine.rooms.memberCounts(room);
  assert.equal(room.memberCounts, undefined);
  brittle.release();
  await joining;
  assert.deepEqual(await engine.rooms.memberCounts(room), { joined: 2, invited: 0 });
  assert.deepEqual(room.memberCounts, { joined: 2, invited: 0 });
});

eachDatabase("users who are joined to a room in common share it; those invited do not", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  await room.invite(bob);
  const { memberships } = engine.rooms;
  assert.equal(await memberships.shareRoom(alice, creator), true);
  assert.equal(await memberships.shareRoom(alice, bob), false);
  assert.deepEqual(await memberships.heroes((await engine.rooms.require(room.roomId)).nid, creator, 5), [alice, bob]);
});

eachDatabase("the rooms in which something happened since are found", async (database) => {
  const engine = await openEngineForTest(database);
  const [quiet, busy] = [await engine.room({ members: [alice] }), await engine.room({ members: [alice] })];
  const { position } = engine.partitions;
  await busy.say(creator, "Hello");
  assert.deepEqual(await engine.rooms.memberships.roomsChangedSince(alice, position), [busy.roomId]);
  assert.equal((await engine.rooms.memberships.roomsChangedSince(alice, 0)).includes(quiet.roomId), true);
});
