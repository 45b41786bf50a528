import assert from "node:assert/strict";
import { type EventJson, path, refusal } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

type ContextJson = {
  readonly start: string;
  readonly end: string;
  readonly event: EventJson;
  readonly events_before: readonly EventJson[];
  readonly events_after: readonly EventJson[];
  readonly state: readonly EventJson[];
};

/** A room in which Alice and Bob said 1 to 6, in turn. */
async function talk(homeserver: TestHomeserver, wishes: object = {}) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat", ...wishes });
  await bob.join(roomId);
  const ids: string[] = [];
  for (let n = 1; n <= 6; n++) ids.push(await (n % 2 === 1 ? alice : bob).say(roomId, String(n)));
  return { alice, bob, roomId, ids };
}

const textsOf = (events: readonly EventJson[]): unknown[] => events.map(({ content }) => content["body"]);

it("history is paged in both directions without gaps or doubles", async (homeserver) => {
  const { alice, roomId } = await talk(homeserver);
  for (const dir of ["b", "f"]) {
    const seen: string[] = [];
    let from: string | undefined;
    for (let pages = 0; pages < 20; pages++) {
      const page = await alice.messages(roomId, { dir, limit: "4", ...(from === undefined ? {} : { from }) });
      seen.push(...page.chunk.map(({ event_id }) => event_id));
      if (page.end === undefined) break;
      from = page.end;
    }
    assert.equal(seen.length, 13, dir);
    assert.equal(new Set(seen).size, 13, dir);
  }
});

it("a page with events says where to go on, an empty one ends the history", async (homeserver) => {
  const { alice, roomId } = await talk(homeserver);
  for (const dir of ["b", "f"]) {
    const page = await alice.messages(roomId, { dir, limit: "100" });
    assert.equal(page.chunk.length, 13);
    const last = await alice.messages(roomId, { dir, from: page.end ?? "" });
    assert.deepEqual([last.chunk, last.end], [[], undefined], dir);
  }
});

it("a page ends at `to`, and filters and lazy loading hold", async (homeserver) => {
  const { alice, bob, roomId } = await talk(homeserver);
  const first = await alice.messages(roomId, { limit: "2" });
  assert.deepEqual(textsOf(first.chunk), ["6", "5"]);
  const second = await alice.messages(roomId, { limit: "2", from: first.end ?? "" });
  const stretch = await alice.messages(roomId, { dir: "f", from: second.end ?? "", to: first.end ?? "" });
  assert.deepEqual(textsOf(stretch.chunk), ["3", "4"]);
  const filter = JSON.stringify({ types: ["m.room.message"], senders: [bob.userId], lazy_load_members: true });
  const filtered = await alice.messages(roomId, { filter });
  assert.deepEqual(textsOf(filtered.chunk), ["6", "4", "2"]);
  assert.deepEqual(
    filtered.state?.map(({ state_key }) => state_key),
    [bob.userId],
  );
});

it("what is no page is refused", async (homeserver) => {
  const { alice, roomId } = await talk(homeserver);
  const carol = await homeserver.register("carol");
  assert.equal(await refusal(alice.get(path`rooms/${roomId}/messages`)), "400 M_MISSING_PARAM");
  assert.equal(await refusal(alice.messages(roomId, { dir: "x" })), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.messages(roomId, { from: "nonsense" })), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.messages(roomId, { to: "nonsense" })), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.messages(roomId, { limit: "-1" })), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.messages(roomId, { filter: "{" })), "400 M_INVALID_PARAM");
  for (const room of [roomId, "!unknown:test"]) assert.equal(await refusal(carol.messages(room)), "403 M_FORBIDDEN");
});

for (const [visibility, expected] of [
  ["world_readable", ["before", "invited", "joined"]],
  ["shared", ["before", "invited", "joined"]],
  ["invited", ["invited", "joined"]],
  ["joined", ["joined"]],
] as const) {
  it(`a member of a room with ${visibility} history sees what that allows`, async (homeserver) => {
    const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
    const initial_state = [{ type: "m.room.history_visibility", content: { history_visibility: visibility } }];
    const roomId = await alice.createRoom({ initial_state });
    const before = await alice.say(roomId, "before");
    await alice.tell("invite", roomId, bob);
    await alice.say(roomId, "invited");
    await bob.join(roomId);
    await alice.say(roomId, "joined");
    await bob.leave(roomId);
    await alice.say(roomId, "left");
    const { chunk } = await bob.messages(roomId, { dir: "f", limit: "50" });
    const said = textsOf(chunk.filter(({ type }) => type === "m.room.message"));
    assert.deepEqual(said, visibility === "world_readable" ? [...expected, "left"] : expected);
    const isSeen = said.includes("before") ? "allowed" : "404 M_NOT_FOUND";
    assert.equal(await refusal(bob.get(path`rooms/${roomId}/event/${before}`)), isSeen);
    assert.equal(await refusal(bob.get(path`rooms/${roomId}/context/${before}`)), isSeen);
  });
}

it("the context of an event is what surrounds it, up to the limit", async (homeserver) => {
  const { alice, roomId, ids } = await talk(homeserver);
  const contextOf = async (query: string) =>
    await alice.get<ContextJson>(`${path`rooms/${roomId}/context/${ids[2] ?? ""}`}${query}`);
  const context = await contextOf("?limit=4");
  assert.equal(context.event.content["body"], "3");
  assert.deepEqual(
    [textsOf(context.events_before), textsOf(context.events_after)],
    [
      ["2", "1"],
      ["4", "5"],
    ],
  );
  assert.ok(context.state.some(({ type }) => type === "m.room.create"));
  assert.deepEqual(textsOf((await alice.messages(roomId, { dir: "f", from: context.end })).chunk), ["6"]);
  assert.equal((await alice.messages(roomId, { from: context.start, limit: "1" })).chunk[0]?.type, "m.room.member");
  const bare = await contextOf("?limit=0");
  assert.deepEqual([bare.events_before, bare.events_after], [[], []]);
  assert.equal(await refusal(contextOf("?limit=many")), "400 M_INVALID_PARAM");
});

it("events of other rooms, unknown ones and those of outsiders are not found", async (homeserver) => {
  const { alice, roomId, ids } = await talk(homeserver);
  const carol = await homeserver.register("carol");
  assert.equal(await refusal(carol.get(path`rooms/${roomId}/event/${ids[0] ?? ""}`)), "404 M_NOT_FOUND");
  assert.equal(await refusal(carol.get(path`rooms/${roomId}/context/${ids[0] ?? ""}`)), "403 M_FORBIDDEN");
  const other = await alice.createRoom();
  for (const [user, room, event] of [
    [alice, other, ids[0]],
    [alice, roomId, "$unknown"],
    [alice, roomId, "a\u0000b"],
  ] as const) {
    for (const kind of ["event", "context"]) {
      const to = path`rooms/${room}/${kind}/${event ?? ""}`;
      assert.equal(await refusal(user.get(to)), "404 M_NOT_FOUND", `${kind} ${room} ${event}`);
    }
  }
  assert.equal(await refusal(alice.get(path`rooms/!unknown:test/event/${ids[0] ?? ""}`)), "404 M_NOT_FOUND");
  assert.equal(await refusal(alice.get(path`rooms/!unknown:test/context/${ids[0] ?? ""}`)), "403 M_FORBIDDEN");
});
