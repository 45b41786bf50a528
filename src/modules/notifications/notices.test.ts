import assert from "node:assert/strict";
import { type EventJson, path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

interface PageJson {
  readonly next_token?: string;
  readonly notifications: readonly {
    readonly actions: readonly unknown[];
    readonly event: EventJson;
    readonly profile_tag: string;
    readonly read: boolean;
    readonly room_id: string;
    readonly ts: number;
  }[];
}

const page = async (client: TestClient, query: Readonly<Record<string, string>> = {}): Promise<PageJson> =>
  await client.get<PageJson>(`notifications?${new URLSearchParams(query).toString()}`);

/** What the events of a page say. */
const bodies = ({ notifications }: PageJson): unknown[] => notifications.map(({ event }) => event.content["body"]);

async function sharedRoom(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

const mention = async (from: TestClient, roomId: string, to: TestClient, body: string): Promise<string> => {
  const content = { msgtype: "m.text", body, "m.mentions": { user_ids: [to.userId] } };
  return (await from.put(path`rooms/${roomId}/send/m.room.message/${body}`, content)).event_id;
};

it("events that notified come in pages, the latest first, from all rooms", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  assert.deepEqual(await page(bob), { notifications: [] });
  const other = await alice.createRoom({ preset: "public_chat" });
  await bob.join(other);
  for (let n = 1; n <= 5; n++) await alice.say(n % 2 === 0 ? other : roomId, String(n));
  await bob.say(roomId, "own");
  const first = await page(bob, { limit: "2" });
  assert.deepEqual(bodies(first), ["5", "4"]);
  const second = await page(bob, { limit: "2", from: first.next_token ?? "" });
  assert.deepEqual(bodies(second), ["3", "2"]);
  const third = await page(bob, { limit: "2", from: second.next_token ?? "" });
  assert.deepEqual([bodies(third), third.next_token], [["1"], undefined]);
  assert.deepEqual(
    first.notifications.map(({ room_id }) => room_id),
    [roomId, other],
  );
});

it("a notification says why, since when, and whether it was read", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const first = await alice.say(roomId, "first");
  await mention(alice, roomId, bob, "second");
  await bob.post(path`rooms/${roomId}/receipt/m.read/${first}`);
  const { notifications } = await page(bob);
  const [second, firstTold] = notifications;
  assert.deepEqual(second?.actions, ["notify", { set_tweak: "sound", value: "default" }, { set_tweak: "highlight" }]);
  assert.deepEqual([second.read, firstTold?.read], [false, true]);
  assert.deepEqual([second.ts, second.profile_tag], [second.event.origin_server_ts, ""]);
  assert.equal(firstTold?.event.event_id, first);
  await bob.say(roomId, "answered");
  assert.equal((await page(bob)).notifications[0]?.read, true);
});

it("highlights alone are told when they are asked for", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.say(roomId, "plain");
  await mention(alice, roomId, bob, "named");
  assert.deepEqual(bodies(await page(bob, { only: "highlight" })), ["named"]);
});

it("what is redacted, and rooms that one left, are not told", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const eventId = await alice.say(roomId, "gone");
  await alice.say(roomId, "here");
  await alice.put(path`rooms/${roomId}/redact/${eventId}/redaction`);
  assert.deepEqual(bodies(await page(bob)), ["here"]);
  await bob.leave(roomId);
  assert.deepEqual(bodies(await page(bob)), []);
});

it("a token that is none of ours, and a limit that is no number, are refused", async (homeserver) => {
  const bob = await homeserver.register("bob");
  for (const from of ["", "5", "n", "nx", "s1_2", "n-1"])
    assert.equal(await refusal(page(bob, { from })), "400 M_INVALID_PARAM", from);
  for (const limit of ["0", "-1", "many"])
    assert.equal(await refusal(page(bob, { limit })), "400 M_INVALID_PARAM", limit);
});
