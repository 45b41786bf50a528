import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

type WhoisJson = {
  readonly user_id: string;
  readonly devices: Readonly<
    Record<string, { readonly sessions: readonly { readonly connections: readonly object[] }[] }>
  >;
};

const homeserverTest = homeserverTests();

const admin = async (homeserver: TestHomeserver) => await homeserver.register("admin", { isAdmin: true });
const set = async (who: TestClient, verb: "lock" | "suspend", userId: string, holds: boolean) =>
  await who.put(path`/_matrix/client/v1/admin/${verb}/${userId}`, {
    [verb === "lock" ? "locked" : "suspended"]: holds,
  });
const get = async (who: TestClient, verb: string, userId: string) =>
  await who.get(path`/_matrix/client/v1/admin/${verb}/${userId}`);

homeserverTest("users see from where they were there, administrators from where everybody was", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const own = await alice.get<WhoisJson>(path`admin/whois/${alice.userId}`);
  assert.equal(own.user_id, alice.userId);
  const [connection] = own.devices[alice.deviceId]?.sessions[0]?.connections ?? [];
  assert.deepEqual(Object.keys(connection ?? {}), ["ip", "last_seen", "user_agent"]);
  const seen = await (await admin(homeserver)).get<WhoisJson>(path`admin/whois/${bob.userId}`);
  assert.deepEqual(seen.devices[bob.deviceId], { sessions: [{ connections: [] }] }, "bob has asked for nothing yet");
  for (const other of [bob.userId, "@nobody:test", "nonsense"])
    assert.equal(await refusal(alice.get(path`admin/whois/${other}`)), "403 M_FORBIDDEN");
  for (const other of ["@nobody:test", "@a:elsewhere", "nonsense"])
    assert.equal(await refusal((await admin(homeserver)).get(path`admin/whois/${other}`)), "404 M_NOT_FOUND");
});

homeserverTest(
  "a locked account can do nothing but log out, at once, and goes on when unlocked",
  async (homeserver) => {
    const [root, alice] = [await admin(homeserver), await homeserver.register("alice")];
    const other = await homeserver.otherDeviceOf(alice);
    await Promise.all([alice.sync(), other.sync()]);
    assert.deepEqual(await set(root, "lock", alice.userId, true), { locked: true });
    assert.deepEqual(await get(root, "lock", alice.userId), { locked: true });
    for (const to of ["sync", "account/whoami", "capabilities"]) {
      await assert.rejects(alice.get(to), (error: { message: string; body: Record<string, unknown> }) => {
        assert.deepEqual([error.message, error.body["soft_logout"]], ["401 M_USER_LOCKED", true], to);
        return true;
      });
    }
    assert.deepEqual(await other.post("logout"), {});
    assert.deepEqual(await set(root, "lock", alice.userId, false), { locked: false });
    assert.deepEqual(await get(root, "lock", alice.userId), { locked: false });
    assert.ok(await alice.sync());
    assert.equal(await refusal(other.sync()), "401 M_UNKNOWN_TOKEN");
  },
);

homeserverTest("a locked account gets no new session, by password or by refresh token", async (homeserver) => {
  const [root, alice] = [await admin(homeserver), await homeserver.register("alice")];
  const identifier = { type: "m.id.user", user: alice.userId };
  const login = { type: "m.login.password", identifier, password: "correct horse", refresh_token: true };
  const first = await homeserver.anonymous().post<{ refresh_token: string }>("login", login);
  await set(root, "lock", alice.userId, true);
  const refresh = { refresh_token: first.refresh_token };
  assert.equal(await refusal(homeserver.anonymous().post("login", login)), "401 M_USER_LOCKED");
  assert.equal(await refusal(homeserver.anonymous().post("refresh", refresh)), "401 M_USER_LOCKED");
  const wrong = { ...login, password: "wrong horse" };
  assert.equal(
    await refusal(homeserver.anonymous().post("login", wrong)),
    "403 M_FORBIDDEN",
    "strangers learn nothing",
  );
  await set(root, "lock", alice.userId, false);
  assert.ok((await homeserver.anonymous().post<{ access_token: string }>("refresh", refresh)).access_token);
});

homeserverTest("a lock outlives a restart, and OpenID tokens say nothing meanwhile", async (homeserver) => {
  const [root, alice] = [await admin(homeserver), await homeserver.register("alice")];
  const asked = await alice.post<{ access_token: string }>(path`user/${alice.userId}/openid/request_token`);
  const userinfo = path`/_matrix/federation/v1/openid/userinfo?access_token=${asked.access_token}`;
  await set(root, "lock", alice.userId, true);
  await homeserver.restart();
  assert.equal(await refusal(alice.sync()), "401 M_USER_LOCKED");
  assert.equal(await refusal(homeserver.anonymous().get(userinfo)), "401 M_UNKNOWN_TOKEN");
  await set(root, "lock", alice.userId, false);
  assert.deepEqual(await homeserver.anonymous().get(userinfo), { sub: alice.userId });
});

homeserverTest(
  "a suspended account reads, leaves and takes back what it said, and says nothing",
  async (homeserver) => {
    const [root, alice, bob] = [
      await admin(homeserver),
      await homeserver.register("alice"),
      await homeserver.register("bob"),
    ];
    const roomId = await alice.createRoom({ invite: [bob.userId] });
    const invited = await bob.createRoom({ invite: [alice.userId] });
    await bob.join(roomId);
    const [own, others] = [await alice.say(roomId, "Hello"), await bob.say(roomId, "Hi")];
    assert.deepEqual(await set(root, "suspend", alice.userId, true), { suspended: true });
    assert.deepEqual(await get(root, "suspend", alice.userId), { suspended: true });
    const refused: readonly (readonly [string, () => Promise<unknown>])[] = [
      ["sending", () => alice.say(roomId, "Hello again")],
      ["state", () => alice.setState(roomId, "m.room.topic", { topic: "no" })],
      ["joining", () => alice.join(invited)],
      ["inviting", () => alice.tell("invite", roomId, "@carol:test")],
      ["kicking", () => alice.tell("kick", roomId, bob)],
      ["a new room", () => alice.createRoom()],
      ["a new name", () => alice.put(path`profile/${alice.userId}/displayname`, { displayname: "A" })],
      ["redacting others", () => alice.put(path`rooms/${roomId}/redact/${others}/1`)],
      [
        "redacting others by /send",
        () => alice.put(path`rooms/${roomId}/send/m.room.redaction/2`, { redacts: others }),
      ],
      ["showing oneself elsewhere", () => alice.post(path`user/${alice.userId}/openid/request_token`)],
    ];
    for (const [what, asked] of refused) assert.equal(await refusal(asked()), "403 M_USER_SUSPENDED", what);
    assert.ok(await alice.sync());
    assert.ok((await alice.messages(roomId)).chunk.length > 0);
    await alice.put(path`rooms/${roomId}/redact/${own}/3`);
    await alice.leave(invited);
    await alice.leave(roomId);
    await set(root, "suspend", alice.userId, false);
    assert.ok(await alice.createRoom());
  },
);

homeserverTest(
  "administrators alone moderate, and not one another; rights come before existence",
  async (homeserver) => {
    const [root, other, alice] = [await admin(homeserver), await admin(homeserver), await homeserver.register("alice")];
    for (const verb of ["lock", "suspend"] as const) {
      for (const target of [alice.userId, "@nobody:test", "@a:elsewhere", "nonsense"]) {
        assert.equal(await refusal(get(alice, verb, target)), "403 M_FORBIDDEN", target);
        assert.equal(await refusal(set(alice, verb, target, true)), "403 M_FORBIDDEN", target);
      }
      for (const [target, expected] of [
        [root.userId, "403 M_FORBIDDEN"],
        [other.userId, "403 M_FORBIDDEN"],
        ["@nobody:test", "404 M_NOT_FOUND"],
        ["@a:elsewhere", "400 M_INVALID_PARAM"],
        ["nonsense", "400 M_INVALID_PARAM"],
      ] as const) {
        assert.equal(await refusal(set(root, verb, target, true)), expected, target);
      }
      const to = path`/_matrix/client/v1/admin/${verb}/${alice.userId}`;
      assert.equal(await refusal(root.put(to, {})), "400 M_MISSING_PARAM");
      assert.equal(await refusal(root.put(to, { locked: "yes", suspended: 1 })), "400 M_BAD_JSON");
    }
  },
);

const capabilitiesOf = async (who: TestClient) =>
  (await who.get<{ capabilities: Record<string, unknown> }>("capabilities")).capabilities["m.account_moderation"];

homeserverTest("the capability is named to administrators alone", async (homeserver) => {
  assert.deepEqual(await capabilitiesOf(await admin(homeserver)), { suspend: true, lock: true });
  assert.equal(await capabilitiesOf(await homeserver.register("alice")), undefined);
});
