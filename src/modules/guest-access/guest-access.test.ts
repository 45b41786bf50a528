import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

const GUEST_ACCESS = "m.room.guest_access";

async function roomWithGuest(homeserver: TestHomeserver) {
  const alice = await homeserver.register("alice");
  const guest = await homeserver.register("guest", { isGuest: true });
  const initial_state = [{ type: GUEST_ACCESS, content: { guest_access: "can_join" } }];
  const roomId = await alice.createRoom({ preset: "public_chat", initial_state });
  await guest.join(roomId);
  return { alice, guest, roomId };
}

/** Waits until the user is told to have left the room; gives the event that says so. */
async function departure(user: TestClient, roomId: string, since: string) {
  const { rooms } = await user.syncUntil(since, (answer) => answer.rooms?.leave?.[roomId] !== undefined);
  return rooms?.leave?.[roomId]?.timeline.events.find(({ state_key: key }) => key === user.userId);
}

it("guests leave, each by their own event, when a room forbids them", async (homeserver) => {
  const { alice, guest, roomId } = await roomWithGuest(homeserver);
  const [bob, other] = [await homeserver.register("bob"), await homeserver.register("guest", { isGuest: true })];
  await bob.join(roomId);
  await other.join(roomId);
  const since = (await guest.sync()).next_batch;
  const sinceOfOther = (await other.sync()).next_batch;
  await alice.setState(roomId, GUEST_ACCESS, { guest_access: "forbidden" });
  const event = await departure(guest, roomId, since);
  assert.equal(event?.sender, guest.userId);
  assert.equal(event?.content["membership"], "leave");
  assert.ok(await departure(other, roomId, sinceOfOther));
  assert.equal((await alice.state(roomId, "m.room.member", bob.userId))["membership"], "join");
  assert.equal(await refusal(guest.join(roomId)), "403 M_GUEST_ACCESS_FORBIDDEN");
  assert.equal(await refusal(guest.say(roomId, "hello?")), "403 M_FORBIDDEN");
});

it("a content that says nothing forbids guests, and so does a redaction", async (homeserver) => {
  const { alice, guest, roomId } = await roomWithGuest(homeserver);
  let since = (await guest.sync()).next_batch;
  await alice.setState(roomId, GUEST_ACCESS, { guest_access: 1 });
  await departure(guest, roomId, since);
  const allowed = await alice.setState(roomId, GUEST_ACCESS, { guest_access: "can_join" });
  await guest.join(roomId);
  since = (await guest.sync()).next_batch;
  await alice.put(path`rooms/${roomId}/redact/${allowed}/1`);
  await departure(guest, roomId, since);
  assert.equal(await refusal(guest.join(roomId)), "403 M_GUEST_ACCESS_FORBIDDEN");
});

it("the redaction of an old event that allowed guests changes nothing", async (homeserver) => {
  const { alice, guest, roomId } = await roomWithGuest(homeserver);
  const old = await alice.setState(roomId, GUEST_ACCESS, { guest_access: "can_join", n: 1 });
  await alice.setState(roomId, GUEST_ACCESS, { guest_access: "can_join", n: 2 });
  await alice.put(path`rooms/${roomId}/redact/${old}/1`);
  assert.ok(await guest.say(roomId, "still here"));
});

it("guests are made to leave by a server that stopped meanwhile", async (homeserver) => {
  const { alice, guest, roomId } = await roomWithGuest(homeserver);
  const since = (await guest.sync()).next_batch;
  await alice.setState(roomId, GUEST_ACCESS, { guest_access: "forbidden" });
  await homeserver.restart();
  assert.ok(await departure(guest, roomId, since));
});

it("a guest who is invited joins only where guests may", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const guest = await homeserver.register("guest", { isGuest: true });
  const roomId = await alice.createRoom({ preset: "private_chat", invite: [guest.userId] });
  await alice.setState(roomId, GUEST_ACCESS, { guest_access: "forbidden" });
  assert.equal(await refusal(guest.join(roomId)), "403 M_GUEST_ACCESS_FORBIDDEN");
  await alice.setState(roomId, GUEST_ACCESS, { guest_access: "can_join" });
  await guest.join(roomId);
  assert.ok(await guest.say(roomId, "hello"));
});

it("a guest in a room sends any event, sets state as far as the levels go, and changes the own name", async (homeserver) => {
  const { alice, guest, roomId } = await roomWithGuest(homeserver);
  await guest.put(path`rooms/${roomId}/send/org.example.wave/1`, { n: 1 });
  assert.equal(await refusal(guest.setState(roomId, "m.room.name", { name: "x" })), "403 M_FORBIDDEN");
  await alice.setState(roomId, "m.room.power_levels", { events: { "org.example.flag": 0 } });
  await guest.setState(roomId, "org.example.flag", { n: 1 });
  await guest.put(path`profile/${guest.userId}/displayname`, { displayname: "visitor" });
  assert.equal((await alice.state(roomId, "m.room.member", guest.userId))["displayname"], "visitor");
  assert.equal(await refusal(guest.post("createRoom")), "403 M_GUEST_ACCESS_FORBIDDEN");
});

type SessionJson = { readonly user_id: string; readonly access_token: string; readonly device_id: string };

it("a guest becomes a user under the same name, and may stay where guests may not", async (homeserver) => {
  const { alice, roomId } = await roomWithGuest(homeserver);
  const anonymous = homeserver.anonymous();
  const guest = await anonymous.post<SessionJson>("register?kind=guest");
  const username = nameOf(guest.user_id);
  const body = { username, password: "correct horse", guest_access_token: guest.access_token };
  assert.equal(await refusal(anonymous.post("register", body)), "401 undefined", "the flows are told first");
  const user = await anonymous.post<SessionJson>("register", { ...body, auth: { type: "m.login.dummy" } });
  assert.equal(user.user_id, guest.user_id);
  const client = homeserver.withToken(user.access_token);
  assert.equal((await client.get<{ is_guest: boolean }>("account/whoami")).is_guest, false);
  assert.equal(
    (await homeserver.withToken(guest.access_token).get<{ is_guest: boolean }>("account/whoami")).is_guest,
    false,
    "the session of the guest goes on",
  );
  await alice.setState(roomId, GUEST_ACCESS, { guest_access: "forbidden" });
  await client.join(roomId);
  const identifier = { type: "m.id.user", user: username };
  await anonymous.post("login", { type: "m.login.password", identifier, password: "correct horse" });
});

const nameOf = (userId: string): string => userId.slice(1).split(":")[0] ?? "";

it("nobody becomes a user with the token of another, of a user, or with none that is known", async (homeserver) => {
  const anonymous = homeserver.anonymous();
  const [guest, other] = [
    await anonymous.post<SessionJson>("register?kind=guest"),
    await anonymous.post<SessionJson>("register?kind=guest"),
  ];
  const alice = await homeserver.register("alice");
  const upgrade = async (userId: string, token: string): Promise<string> =>
    await refusal(
      anonymous.post("register", {
        username: nameOf(userId),
        password: "correct horse",
        guest_access_token: token,
        auth: { type: "m.login.dummy" },
      }),
    );
  assert.equal(await upgrade(guest.user_id, other.access_token), "403 M_FORBIDDEN");
  assert.equal(await upgrade(alice.userId, alice.token), "403 M_FORBIDDEN");
  assert.equal(await upgrade(guest.user_id, "nonsense"), "403 M_FORBIDDEN");
  const nameless = { password: "correct horse", guest_access_token: guest.access_token };
  assert.equal(await refusal(anonymous.post("register", nameless)), "400 M_MISSING_PARAM");
  assert.equal(await upgrade(guest.user_id, guest.access_token), "allowed");
  assert.equal(await upgrade(guest.user_id, guest.access_token), "403 M_FORBIDDEN", "it is no guest any more");
});
