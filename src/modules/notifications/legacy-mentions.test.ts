/** The rules of v1.4 that find in the body who is mentioned, for events that do not say it themselves. */
import assert from "node:assert/strict";
import { path, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { countsIn } from "./testing.ts";

const it = homeserverTests();

const counts = async (client: TestClient, roomId: string) => countsIn(await client.sync(), roomId);

const nameOf = ({ userId }: TestClient): string => userId.slice(1, userId.indexOf(":"));

async function sharedRoom(homeserver: TestHomeserver) {
  const [alice, bob, carol] = [
    await homeserver.register("alice"),
    await homeserver.register("bob"),
    await homeserver.register("carol"),
  ];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  for (const client of [bob, carol]) await client.join(roomId);
  return { alice, bob, carol, roomId };
}

it("a local part in the body is a mention, where the event names nobody itself", async (homeserver) => {
  const { alice, bob, carol, roomId } = await sharedRoom(homeserver);
  await alice.say(roomId, `${nameOf(bob).toUpperCase()}: are you there?`);
  await alice.say(roomId, `${nameOf(bob)}by is`);
  assert.deepEqual([await counts(bob, roomId), await counts(carol, roomId)], ["2/1", "2/0"]);
  const content = {
    msgtype: "m.text",
    body: `${nameOf(bob)}, and ${nameOf(carol)}`,
    "m.mentions": { user_ids: [carol.userId] },
  };
  await alice.put(path`rooms/${roomId}/send/m.room.message/1`, content);
  assert.deepEqual([await counts(bob, roomId), await counts(carol, roomId)], ["3/1", "3/1"]);
  assert.equal(await counts(alice, roomId), "0/0");
});

it("a display name in the body is a mention, by the name that one has in the room now", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.say(roomId, "nobody is called yet");
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Robert the Great" });
  await alice.say(roomId, "robert the great, are you there?");
  await alice.say(roomId, "who is so great?");
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Bertie" });
  await alice.say(roomId, "Robert the Great has gone");
  await alice.say(roomId, "Bertie has not");
  assert.equal(await counts(bob, roomId), "5/2");
});

it("@room in the body is for all, of those who may say it", async (homeserver) => {
  const { alice, bob, carol, roomId } = await sharedRoom(homeserver);
  await alice.say(roomId, "@room: dinner");
  await bob.say(roomId, "@room: no dinner");
  assert.equal(await counts(carol, roomId), "2/1");
});

it("each of them can be silenced, and says in the list of notifications what it did", async (homeserver) => {
  const { alice, bob, carol, roomId } = await sharedRoom(homeserver);
  const nameRule = "pushrules/global/content/.m.rule.contains_user_name";
  const roomRule = "pushrules/global/override/.m.rule.roomnotif";
  await bob.put(`${nameRule}/enabled`, { enabled: false });
  await bob.put(`pushrules/global/override/.m.rule.contains_display_name/enabled`, { enabled: false });
  await carol.put(`${roomRule}/actions`, { actions: [] });
  for (const client of [bob, carol]) await counts(client, roomId);
  for (const body of [nameOf(bob), nameOf(carol), "@room"]) await alice.say(roomId, body);
  assert.deepEqual([await counts(bob, roomId), await counts(carol, roomId)], ["3/1", "2/1"]);
  const { notifications }: { notifications: { actions: unknown[] }[] } = await carol.get("notifications");
  const highlight = ["notify", { set_tweak: "sound", value: "default" }, { set_tweak: "highlight" }];
  assert.deepEqual(
    notifications.map(({ actions }) => actions),
    [highlight, ["notify"]],
  );
});

it("names are known of members who came before the server was started", async (homeserver) => {
  const { alice, bob, carol, roomId } = await sharedRoom(homeserver);
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Robert" });
  await homeserver.restart();
  await carol.post(path`rooms/${roomId}/leave`);
  await alice.say(roomId, `Robert and ${nameOf(carol)}`);
  assert.equal(await counts(bob, roomId), "1/1");
  await carol.join(roomId);
  await alice.say(roomId, `${nameOf(carol)} is back`);
  assert.equal(await counts(carol, roomId), "1/1");
});
