import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const homeserverTest = homeserverTests();

const deactivate = async (who: TestClient, erase: boolean) =>
  await who.post("account/deactivate", {
    erase,
    auth: { type: "m.login.password", identifier: { type: "m.id.user", user: who.userId }, password: "correct horse" },
  });

/** Everything that somebody is told of a room in some of the ways there are, as text. */
async function everythingTold(who: TestClient, roomId: string, eventId: string): Promise<string> {
  const ways = [
    "sync?filter={%22room%22:{%22timeline%22:{%22limit%22:50}}}",
    path`rooms/${roomId}/messages?dir=b&limit=50`,
    path`rooms/${roomId}/messages?dir=f&limit=50`,
    path`rooms/${roomId}/event/${eventId}`,
    path`rooms/${roomId}/context/${eventId}`,
    path`rooms/${roomId}/initialSync`,
    path`/_matrix/client/v1/rooms/${roomId}/threads`,
    path`/_matrix/client/v1/rooms/${roomId}/relations/${eventId}`,
  ];
  const told: unknown[] = [];
  for (const way of ways) told.push(await who.get(way));
  const search = { search_categories: { room_events: { search_term: "secret" } } };
  told.push(await who.post("search", search));
  return JSON.stringify(told);
}

homeserverTest(
  "those who join after an erasure are told nothing of what was said, those before all",
  async (server) => {
    const [alice, bob, carol, dave] = [
      await server.register("alice"),
      await server.register("bob"),
      await server.register("carol"),
      await server.register("dave"),
    ];
    const roomId = await alice.createRoom({ preset: "public_chat" });
    await bob.join(roomId);
    const eventId = await alice.say(roomId, "secret words");
    const reply = {
      msgtype: "m.text",
      body: "secret reply",
      "m.relates_to": { rel_type: "m.thread", event_id: eventId },
    };
    await alice.put(path`rooms/${roomId}/send/m.room.message/thread`, reply);
    // Carol was not there when it was said, and could read it before the erasure.
    await carol.join(roomId);
    await alice.leave(roomId);
    await deactivate(alice, true);
    await dave.join(roomId);
    await bob.say(roomId, "Good bye");
    assert.match(await everythingTold(bob, roomId, eventId), /secret words/);
    assert.match(await everythingTold(carol, roomId, eventId), /secret words/);
    const told = await everythingTold(dave, roomId, eventId);
    assert.doesNotMatch(told, /secret (words|reply)/);
    const event = await dave.get<{ content: object; sender: string }>(path`rooms/${roomId}/event/${eventId}`);
    assert.deepEqual([event.content, event.sender], [{}, alice.userId]);
    await server.restart();
    assert.doesNotMatch(await everythingTold(dave, roomId, eventId), /secret (words|reply)/);
    assert.match(await everythingTold(bob, roomId, eventId), /secret words/);
  },
);

homeserverTest("without erasure messages stay, and the account is gone from its rooms and invites", async (server) => {
  const [alice, bob] = [await server.register("alice"), await server.register("bob")];
  const roomId = await bob.createRoom({ preset: "public_chat" });
  const invited = await bob.createRoom({ invite: [alice.userId] });
  await alice.join(roomId);
  const eventId = await alice.say(roomId, "secret words");
  assert.deepEqual(await deactivate(alice, false), { id_server_unbind_result: "success" });
  for (const room of [roomId, invited])
    assert.equal((await bob.state(room, "m.room.member", alice.userId))["membership"], "leave");
  const carol = await server.register("carol");
  await carol.join(roomId);
  assert.match(await everythingTold(carol, roomId, eventId), /secret words/);
  assert.equal(await refusal(alice.get("account/whoami")), "401 M_UNKNOWN_TOKEN");
});

const isTwo = (content: Readonly<Record<string, unknown>>) => content["displayname"] === "Two";

homeserverTest("a name is told in all of many rooms, the newest last", async (server) => {
  const alice = await server.register("alice");
  const roomIds: string[] = [];
  for (let count = 0; count < 60; count++) roomIds.push(await alice.createRoom());
  const last = roomIds.at(-1) ?? "";
  const put = async (displayname: string) =>
    await alice.put(path`profile/${alice.userId}/displayname`, { displayname });
  const { next_batch: since } = await alice.sync();
  await put("One");
  await put("Two");
  await alice.syncUntil(since, ({ rooms }) => {
    const events = rooms?.join?.[last]?.timeline.events ?? [];
    return events.some((event) => event.type === "m.room.member" && isTwo(event.content));
  });
  for (const roomId of roomIds) assert.ok(isTwo(await alice.state(roomId, "m.room.member", alice.userId)), roomId);
});
