import assert from "node:assert/strict";
import { path, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, TestHomeserver } from "../../../test/support/homeserver.ts";
import { countsIn } from "./testing.ts";

const it = homeserverTests();

const THREADED = { room: { timeline: { unread_thread_notifications: true } } };

/** The counts of a room by a sync from the start. */
const counts = async (client: TestClient, roomId: string, filter?: object): Promise<string | undefined> =>
  countsIn(await client.sync(filter ? { filter } : {}), roomId);

let txnCount = 0;
async function send(client: TestClient, roomId: string, content: object, type = "m.room.message"): Promise<string> {
  return (await client.put(path`rooms/${roomId}/send/${type}/${`n${++txnCount}`}`, content)).event_id;
}

const text = (body: string, more: object = {}) => ({ msgtype: "m.text", body, ...more });
const mention = (...users: readonly TestClient[]) => ({
  "m.mentions": { user_ids: users.map(({ userId }) => userId) },
});
const inThread = (root: string) => ({ "m.relates_to": { rel_type: "m.thread", event_id: root } });

const read = async (client: TestClient, roomId: string, eventId: string, type = "m.read", body: object = {}) =>
  await client.post(path`rooms/${roomId}/receipt/${type}/${eventId}`, body);

async function sharedRoom(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

const setRule = async (client: TestClient, rule: string, body: object) =>
  await client.put(`pushrules/global/${rule.split("/").map(encodeURIComponent).join("/")}`, body);

it("messages, encrypted ones and mentions count for others, and nothing else does", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  assert.equal(await counts(bob, roomId), "0/0");
  const message = await send(alice, roomId, text("one"));
  await send(alice, roomId, { algorithm: "m.megolm.v1.aes-sha2", ciphertext: "…" }, "m.room.encrypted");
  await send(alice, roomId, text("for Bob", mention(bob)));
  await send(alice, roomId, text("for everybody", { "m.mentions": { room: true } }));
  assert.equal(await counts(bob, roomId), "4/2");
  await send(alice, roomId, { msgtype: "m.notice", body: "a machine speaks" });
  await send(
    alice,
    roomId,
    { "m.relates_to": { rel_type: "m.annotation", event_id: message, key: "+" } },
    "m.reaction",
  );
  const edit = { "m.relates_to": { rel_type: "m.replace", event_id: message }, "m.new_content": text("two") };
  await send(alice, roomId, text("* two", edit));
  await alice.setState(roomId, "m.room.name", { name: "Loom" });
  assert.equal(await counts(bob, roomId), "4/2");
  assert.equal(await counts(alice, roomId), "0/0");
});

it("whoever may not notify the room does not by mentioning it", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await send(bob, roomId, text("hey all", { "m.mentions": { room: true } }));
  assert.equal(await counts(alice, roomId), "1/0");
});

it("the counts come with the message, and again when another device read it", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const other = await homeserver.otherDeviceOf(bob);
  let { next_batch: since } = await bob.sync();
  const waiting = bob.sync({ since, timeout: 10_000 });
  const eventId = await alice.say(roomId, "hello");
  const woken = await waiting;
  assert.equal(countsIn(woken, roomId), "1/0");
  for (const type of ["m.read", "m.read.private"]) {
    since = (await bob.sync({ since })).next_batch;
    const reading = bob.sync({ since, timeout: 10_000, filter: { room: { ephemeral: { types: [] } } } });
    await read(other, roomId, type === "m.read" ? eventId : await alice.say(roomId, "more"), type);
    const answers = [await reading];
    if (type !== "m.read") answers.push(await bob.sync({ since: (await reading).next_batch, timeout: 10_000 }));
    assert.equal(countsIn(answers.at(-1) ?? woken, roomId), "0/0");
  }
});

it("what one types tells the counts again, since clients take their absence for none", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  await send(alice, roomId, text("in thread", inThread(root)));
  const { next_batch: since } = await bob.sync({ filter: THREADED });
  await alice.put(path`rooms/${roomId}/typing/${alice.userId}`, { typing: true });
  assert.equal(countsIn(await bob.sync({ since, filter: THREADED }), roomId), "1/0 1/0");
});

it("receipts of threads and of the room clear what they are for", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const first = await send(alice, roomId, text("first", inThread(root)));
  const second = await send(alice, roomId, text("second", { ...inThread(root), ...mention(bob) }));
  const reaction = { "m.relates_to": { rel_type: "m.reference", event_id: second } };
  await send(alice, roomId, text("about the second", reaction));
  const last = await alice.say(roomId, "last");
  assert.equal(await counts(bob, roomId), "5/1");
  assert.equal(await counts(bob, roomId, THREADED), "2/0 3/1");
  await read(bob, roomId, first, "m.read", { thread_id: root });
  assert.equal(await counts(bob, roomId, THREADED), "2/0 2/1");
  await read(bob, roomId, last, "m.read.private", { thread_id: "main" });
  assert.equal(await counts(bob, roomId, THREADED), "0/0 2/1");
  await read(bob, roomId, second);
  assert.equal(await counts(bob, roomId, THREADED), "0/0 1/0");
  await read(bob, roomId, last);
  assert.equal(await counts(bob, roomId, THREADED), "0/0");
});

it("own messages never count, and mark what stands before them in their thread as read", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  await send(alice, roomId, text("in the thread", inThread(root)));
  await bob.say(roomId, "seen");
  assert.equal(await counts(bob, roomId, THREADED), "0/0 1/0");
  assert.equal(await counts(alice, roomId, THREADED), "1/0");
  await send(bob, roomId, text("seen too", inThread(root)));
  assert.equal(await counts(bob, roomId, THREADED), "0/0");
});

it("an own message tells the counts of a room only when it marked something as read", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const filter = { room: { timeline: { types: [] }, state: { types: [] }, ephemeral: { types: [] } } };
  let { next_batch: since } = await bob.sync({ filter });
  const after = async (act: () => Promise<unknown>): Promise<string | undefined> => {
    await act();
    const answer = await bob.sync({ since, filter });
    since = answer.next_batch;
    return countsIn(answer, roomId);
  };
  assert.equal(await after(async () => await bob.say(roomId, "hello")), undefined);
  const root = await alice.say(roomId, "hello Bob");
  assert.equal(await after(async () => undefined), "1/0");
  assert.equal(await after(async () => await send(bob, roomId, text("elsewhere", inThread(root)))), undefined);
  assert.equal(await after(async () => await bob.say(roomId, "hello Alice")), "0/0");
  assert.equal(await after(async () => await bob.say(roomId, "how are you")), undefined);
  await read(bob, roomId, await alice.say(roomId, "fine"));
  assert.equal(await after(async () => undefined), "0/0");
  assert.equal(await after(async () => await bob.say(roomId, "good")), undefined);
});

it("what is redacted counts no more", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.say(roomId, "stays");
  const eventId = await send(alice, roomId, text("goes", mention(bob)));
  const { next_batch: since } = await bob.sync();
  assert.equal(await counts(bob, roomId), "2/1");
  await alice.put(path`rooms/${roomId}/redact/${eventId}/${`r${++txnCount}`}`);
  assert.equal(countsIn(await bob.sync({ since }), roomId), "1/0");
  assert.equal(await counts(bob, roomId), "1/0");
});

it("only what was said since one joined counts, and a change of the profile is no joining", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.say(roomId, "one");
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Robert" });
  assert.equal(await counts(bob, roomId), "1/0");
  await bob.leave(roomId);
  await alice.say(roomId, "two");
  assert.equal(await counts(bob, roomId), undefined);
  await bob.join(roomId);
  assert.equal(await counts(bob, roomId), "0/0");
  await alice.say(roomId, "three");
  assert.equal(await counts(bob, roomId), "1/0");
});

it("a muted room counts nothing, from the moment it is muted, and other rooms count on", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const other = await alice.createRoom({ preset: "public_chat" });
  await bob.join(other);
  for (const room of [roomId, other]) await alice.say(room, "hello");
  const { next_batch: since } = await bob.sync();
  const conditions = [{ kind: "event_match", key: "room_id", pattern: roomId }];
  const waiting = bob.syncUntil(since, (answer) => answer.rooms !== undefined);
  await setRule(bob, "override/mute", { actions: [], conditions });
  const told = await waiting;
  assert.deepEqual([countsIn(told, roomId), countsIn(told, other)], ["0/0", undefined]);
  for (const room of [roomId, other]) await send(alice, room, text("for you", mention(bob)));
  assert.deepEqual([await counts(bob, roomId), await counts(bob, other)], ["0/0", "2/1"]);
  await bob.delete("pushrules/global/override/mute");
  assert.deepEqual([await counts(bob, roomId), await counts(bob, other)], ["2/1", "2/1"]);
});

it("keywords highlight, in what was said before they were set too, and only for their owner", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  await alice.say(roomId, "there is cake");
  await setRule(bob, "content/cake", { pattern: "cake", actions: ["notify", { set_tweak: "highlight" }] });
  assert.deepEqual([await counts(bob, roomId), await counts(carol, roomId)], ["1/1", "1/0"]);
  await alice.say(roomId, "more cake");
  await send(alice, roomId, text("for Bob", mention(bob)));
  assert.deepEqual([await counts(bob, roomId), await counts(carol, roomId)], ["3/3", "3/0"]);
});

it("a rule about the display name counts for the name in the room", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Robert" });
  const conditions = [{ kind: "contains_display_name" }];
  await setRule(bob, "override/name", { conditions, actions: ["notify", { set_tweak: "highlight" }] });
  assert.equal(await counts(bob, roomId), "0/0");
  await alice.say(roomId, "Robert, are you there?");
  await alice.say(roomId, "roberta is here");
  assert.equal(await counts(bob, roomId), "2/1");
});

it("what is said while rules change is counted once, by the rules in the end", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  const keyword = { pattern: "cake", actions: ["notify", { set_tweak: "highlight" }] };
  const say = async (): Promise<void> => {
    for (let n = 0; n < 30; n++) await alice.say(roomId, n % 3 === 0 ? "cake" : "bread");
  };
  const change = async (client: TestClient): Promise<void> => {
    for (let n = 0; n < 5; n++) {
      await setRule(client, "content/cake", keyword);
      await Promise.all([client.sync(), client.sync({ filter: THREADED })]);
      await client.delete("pushrules/global/content/cake");
      await client.sync();
    }
    await setRule(client, "content/cake", keyword);
  };
  await Promise.all([say(), say(), change(bob), change(carol)]);
  for (const client of [bob, carol]) assert.equal(await counts(client, roomId), "60/20");
});

it("messages of users whom one ignores do not count", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  for (const client of [alice, carol]) await send(client, roomId, text("hello", mention(bob)));
  const ignore = async (...users: readonly TestClient[]) =>
    await bob.put(path`user/${bob.userId}/account_data/m.ignored_user_list`, {
      ignored_users: Object.fromEntries(users.map(({ userId }) => [userId, {}])),
    });
  await ignore(carol);
  assert.equal(await counts(bob, roomId), "1/1");
  assert.equal((await bob.get<{ notifications: readonly object[] }>("notifications")).notifications.length, 1);
  await ignore();
  assert.equal(await counts(bob, roomId), "2/2");
});

it("rules that two users share are counted together, whoever leaves", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  for (const client of [bob, carol]) {
    await client.put("pushrules/global/underride/.m.rule.message/actions", { actions: [] });
    assert.equal(await counts(client, roomId), "0/0");
  }
  await alice.say(roomId, "one");
  assert.deepEqual([await counts(bob, roomId), await counts(carol, roomId)], ["0/0", "0/0"]);
  await bob.leave(roomId);
  await send(alice, roomId, text("two", mention(carol)));
  assert.equal(await counts(carol, roomId), "1/1");
});

it("members who look at the room all the time and those who never do count the same", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  let since = (await bob.sync()).next_batch;
  let told: string | undefined;
  for (let n = 1; n <= 300; n++) {
    await alice.say(roomId, String(n));
    const answer = await bob.sync({ since });
    since = answer.next_batch;
    told = countsIn(answer, roomId) ?? told;
  }
  assert.deepEqual([told, await counts(carol, roomId)], ["300/0", "300/0"]);
});

it("the counts are the same after a restart, and go on from there", async () => {
  await using homeserver = await TestHomeserver.start();
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await setRule(bob, "content/cake", { pattern: "cake", actions: ["notify", { set_tweak: "highlight" }] });
  const root = await send(alice, roomId, text("cake", mention(bob)));
  await send(alice, roomId, text("in the thread", inThread(root)));
  await alice.setState(roomId, "m.room.topic", { topic: "cake" });
  assert.equal(await counts(bob, roomId, THREADED), "1/1 1/0");
  const { next_batch: since } = await bob.sync();
  await homeserver.restart();
  assert.equal(await counts(bob, roomId, THREADED), "1/1 1/0");
  await alice.say(roomId, "another cake");
  assert.equal(countsIn(await bob.sync({ since }), roomId), "3/2");
  await homeserver.restart();
  await alice.say(roomId, "said before anybody looked, about cake");
  assert.equal(await counts(bob, roomId, THREADED), "3/3 1/0");
  const { next_batch: before } = await bob.sync();
  await bob.delete("pushrules/global/content/cake");
  await homeserver.restart();
  assert.equal(countsIn(await bob.sync({ since: before }), roomId), "4/1", "the rules changed while it was away");
});
