import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { refusal } from "../../../test/support/client.ts";
import { homeserverTests, TestHomeserver } from "../../../test/support/homeserver.ts";
import { createServerForTest } from "../../http/testing.ts";
import { voip } from "./index.ts";

type TurnJson = {
  readonly username: string;
  readonly password: string;
  readonly uris: readonly string[];
  readonly ttl: number;
};

const uris = ["turn:turn.example.org:3478?transport=udp", "turns:turn.example.org:5349?transport=tcp"];
const withSecret = homeserverTests({ turn: { uris, shared_secret: "north", lifetime: "2h", guests: true } });

withSecret("users and guests get credentials of their own that expire", async (homeserver) => {
  for (const user of [await homeserver.register("alice"), await homeserver.register("guest", { isGuest: true })]) {
    const before = Math.floor(Date.now() / 1000);
    const answer = await user.get<TurnJson>("voip/turnServer");
    const [expiry = "", ...name] = answer.username.split(":");
    assert.deepEqual([answer.uris, answer.ttl, name.join(":")], [uris, 7200, user.userId]);
    assert.ok(Number(expiry) >= before + 7200 && Number(expiry) <= before + 7260, expiry);
    assert.equal(answer.password, createHmac("sha1", "north").update(answer.username).digest("base64"));
  }
});

withSecret("nobody gets credentials without a session", async (homeserver) => {
  assert.equal(await refusal(homeserver.anonymous().get("voip/turnServer")), "401 M_MISSING_TOKEN");
});

test("a fixed name and password are the same for everybody, but not for guests", async () => {
  const turn = { uris, username: "all", password: "of us" };
  await using homeserver = await TestHomeserver.start({ overrides: { turn } });
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const expected = { username: "all", password: "of us", uris, ttl: 86_400 };
  assert.deepEqual(await alice.get("voip/turnServer"), expected);
  assert.deepEqual(await bob.get("/_matrix/client/r0/voip/turnServer"), expected);
  const guest = await homeserver.register("guest", { isGuest: true });
  assert.equal(await refusal(guest.get("voip/turnServer")), "403 M_GUEST_ACCESS_FORBIDDEN");
});

test("without TURN servers the answer is empty", async () => {
  await using homeserver = await TestHomeserver.start();
  assert.deepEqual(await (await homeserver.register("alice")).get("voip/turnServer"), {});
});

test("the name says until when to the second, and nothing of the credentials is logged", async () => {
  const turn = {
    uris,
    credentials: { kind: "shared_secret", secret: "very secret" },
    lifetimeMs: 60_000,
    guests: false,
  } as const;
  await using server = createServerForTest(voip({ clock: { now: () => 1_700_000_000_999 }, turn }).endpoints);
  const url = "/_matrix/client/v3/voip/turnServer";
  const answer: TurnJson = (await server.inject({ url, headers: { authorization: "Bearer alice" } })).json();
  const username = "1700000060:@alice:test";
  const password = createHmac("sha1", "very secret").update(username).digest("base64");
  assert.deepEqual(answer, { username, password, uris, ttl: 60 });
  const logged = server.log.lines.join("\n");
  assert.equal(logged.includes("very secret") || logged.includes(password), false);
});
