import assert from "node:assert/strict";
import { path, type SyncJson, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const test = homeserverTests();

type Messages = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const send = async (from: TestClient, txnId: string, messages: Messages, type = "org.x"): Promise<unknown> =>
  await from.put(path`sendToDevice/${type}/${txnId}`, { messages });

const toldBy = (answer: SyncJson): readonly unknown[] =>
  (answer.to_device?.events ?? []).map(({ content }) => content["n"]);

/** Alice with two devices, and Bob with one. */
async function start(homeserver: TestHomeserver) {
  const alice = await homeserver.register("alice");
  const other = await homeserver.otherDeviceOf(alice);
  const bob = await homeserver.register("bob");
  return { alice, other, bob };
}

/** Sends messages 1 to `count`, one after the other, `n` in each. */
async function sendMany(from: TestClient, to: TestClient, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await send(from, `m${n}`, { [to.userId]: { [to.deviceId]: { n } } });
}

test("a message is told to its device alone, with type and sender", async (homeserver) => {
  const { alice, other, bob } = await start(homeserver);
  assert.deepEqual(await send(bob, "1", { [alice.userId]: { [alice.deviceId]: { n: 1 } } }), {});
  const answer = await alice.sync();
  assert.deepEqual(answer.to_device, { events: [{ type: "org.x", sender: bob.userId, content: { n: 1 } }] });
  for (const client of [other, bob]) assert.equal((await client.sync()).to_device, undefined);
});

test("a star is for all devices, except those that have a message of their own", async (homeserver) => {
  const { alice, other, bob } = await start(homeserver);
  const third = await homeserver.otherDeviceOf(alice);
  await send(other, "1", { [alice.userId]: { "*": { n: 1 }, [third.deviceId]: { n: 2 } }, [bob.userId]: { "*": {} } });
  assert.deepEqual(toldBy(await alice.sync()), [1]);
  assert.deepEqual(toldBy(await other.sync()), [1]);
  assert.deepEqual(toldBy(await third.sync()), [2]);
  assert.deepEqual((await bob.sync()).to_device?.events[0]?.content, {});
});

test("users, devices and servers that are not known are passed over", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const nobody = {
    "@nobody:test": { "*": { n: 1 }, DEV: { n: 1 } },
    "@alice:elsewhere.example": { "*": {} },
    what: {},
  };
  assert.deepEqual(await send(bob, "1", nobody), {});
  assert.deepEqual(await send(bob, "2", { ...nobody, [alice.userId]: { NONE: {}, [alice.deviceId]: { n: 2 } } }), {});
  assert.deepEqual(toldBy(await alice.sync()), [2]);
});

test("the same token gives the same messages; the next one deletes them for good", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const since = (await alice.sync()).next_batch;
  await sendMany(bob, alice, 1);
  const first = await alice.sync({ since });
  assert.deepEqual(toldBy(first), [1]);
  assert.deepEqual(toldBy(await alice.sync({ since })), [1]);
  assert.deepEqual(toldBy(await alice.sync({ since, full_state: true })), [1]);
  assert.equal((await alice.sync({ since: first.next_batch })).to_device, undefined);
  assert.equal((await alice.sync({ since: first.next_batch, full_state: true })).to_device, undefined);
  assert.equal((await alice.sync({ since })).to_device, undefined);
  assert.equal((await alice.sync()).to_device, undefined);
});

test("what was told before a restart is deleted by the token after it", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  await sendMany(bob, alice, 1);
  const first = await alice.sync();
  await homeserver.restart();
  assert.deepEqual(toldBy(await alice.sync()), [1]);
  await homeserver.restart();
  assert.equal((await alice.sync({ since: first.next_batch })).to_device, undefined);
  assert.equal((await alice.sync()).to_device, undefined);
});

test("a client that waits is woken, and is not woken to nothing by what it has", async (homeserver) => {
  const { alice, other, bob } = await start(homeserver);
  const since = (await alice.sync()).next_batch;
  const otherSince = (await other.sync()).next_batch;
  const waiting = alice.sync({ since, timeout: 30_000 });
  const otherWaits = other.sync({ since: otherSince, timeout: 30_000 });
  await send(bob, "1", { [alice.userId]: { [alice.deviceId]: { n: 1 } } });
  const answer = await waiting;
  assert.deepEqual(toldBy(answer), [1]);
  const next = alice.sync({ since: answer.next_batch, timeout: 30_000 });
  await send(bob, "2", { [alice.userId]: { "*": { n: 2 } } });
  assert.deepEqual(toldBy(await next), [2]);
  assert.deepEqual(toldBy(await otherWaits), [2]);
});

test("a request that is repeated stores nothing again, at once, later, after a restart, and with another token", async (homeserver) => {
  const { alice, other, bob } = await start(homeserver);
  const messages = { [alice.userId]: { "*": { n: 1 } } };
  await Promise.all(Array.from({ length: 5 }, async () => await send(bob, "1", messages)));
  await send(bob, "1", messages);
  await homeserver.restart();
  await send(bob, "1", messages);
  await send(await homeserver.sameDeviceOf(bob), "1", messages);
  const answer = await alice.sync();
  assert.deepEqual(toldBy(answer), [1]);
  await alice.sync({ since: answer.next_batch });
  await send(await homeserver.sameDeviceOf(bob), "1", messages);
  assert.equal((await alice.sync()).to_device, undefined);
  assert.deepEqual(toldBy(await other.sync()), [1]);
});

test("transaction IDs are those of a device and an event type", async (homeserver) => {
  const { alice, other, bob } = await start(homeserver);
  for (const [index, from] of [alice, other].entries())
    await send(from, "1", { [bob.userId]: { [bob.deviceId]: { n: index } } });
  await send(alice, "1", { [bob.userId]: { [bob.deviceId]: { n: 2 } } }, "org.y");
  assert.deepEqual(toldBy(await bob.sync()), [0, 1, 2]);
});

test("a long queue comes in pages of 100, without waiting, each once and in order", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  let { next_batch: since } = await alice.sync();
  await sendMany(bob, alice, 250);
  const told: unknown[] = [];
  const sizes: number[] = [];
  for (let page = 0; page < 3; page++) {
    const answer = await alice.sync({ since, timeout: 30_000 });
    // Asked twice: the answer may get lost.
    assert.deepEqual(toldBy(await alice.sync({ since })), toldBy(answer));
    sizes.push(toldBy(answer).length);
    told.push(...toldBy(answer));
    since = answer.next_batch;
  }
  assert.deepEqual(sizes, [100, 100, 50]);
  assert.deepEqual(
    told,
    Array.from({ length: 250 }, (_, index) => index + 1),
  );
  assert.equal((await alice.sync({ since })).to_device, undefined);
  assert.equal((await alice.sync()).to_device, undefined);
});

test("the pages go on after a restart, with rooms told meanwhile", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  await sendMany(bob, alice, 150);
  const first = await alice.sync();
  assert.match(first.next_batch, /^s\d+_\d+_\d+$/);
  const roomId = await alice.createRoom();
  await homeserver.restart();
  const second = await alice.sync({ since: first.next_batch });
  assert.ok(second.rooms?.join?.[roomId]);
  assert.deepEqual([toldBy(first).length, toldBy(second).length, toldBy(second)[0]], [100, 50, 101]);
  assert.match(second.next_batch, /^s\d+_\d+$/);
});

test("what waits goes with its device, and transaction IDs too", async (homeserver) => {
  const { alice, other, bob } = await start(homeserver);
  await send(bob, "1", { [alice.userId]: { "*": { n: 1 } } });
  await other.post("logout");
  const again = await homeserver.sameDeviceOf(other);
  assert.equal((await again.sync()).to_device, undefined);
  assert.deepEqual(toldBy(await alice.sync()), [1]);
  await send(again, "1", { [bob.userId]: { "*": { n: 1 } } });
  await again.post("logout");
  await send(await homeserver.sameDeviceOf(other), "1", { [bob.userId]: { "*": { n: 2 } } });
  assert.deepEqual(toldBy(await bob.sync()), [1, 2]);
});

test("a request that is malformed, or too large, is refused", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  for (const body of [{ messages: [] }, { messages: { a: [] } }, { messages: { a: { b: "text" } } }])
    assert.equal(await refusal(bob.put("sendToDevice/org.x/1", body)), "400 M_BAD_JSON");
  assert.equal(await refusal(send(bob, "x".repeat(256), {})), "400 M_INVALID_PARAM");
  assert.equal(await refusal(bob.put("sendToDevice/org.x/1", {})), "400 M_MISSING_PARAM");
  const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`D${index}`, {}]));
  assert.equal(await refusal(send(bob, "1", { [alice.userId]: many })), "413 M_TOO_LARGE");
  const large = { [alice.userId]: { [alice.deviceId]: { text: "x".repeat(65_536) } } };
  assert.equal(await refusal(send(bob, "1", large)), "413 M_TOO_LARGE");
  assert.equal((await alice.sync()).to_device, undefined);
});

test("names with any characters are no more than names", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const odd = JSON.parse(
    `{"__proto__": {"*": {}}, "@\\u0000:test": {"\\u0000": {}}, "${alice.userId}": {"*": {"n": 1}}}`,
  );
  assert.deepEqual(await send(bob, "\0 ☃", odd, "org.\0☃"), {});
  assert.deepEqual((await alice.sync()).to_device?.events, [
    { type: "org.\0☃", sender: bob.userId, content: { n: 1 } },
  ]);
});

test("a guest may send", async (homeserver) => {
  const { alice } = await start(homeserver);
  const guest = await homeserver.register("guest", { isGuest: true });
  await send(guest, "1", { [alice.userId]: { "*": { n: 1 } } });
  assert.deepEqual(toldBy(await alice.sync()), [1]);
});
