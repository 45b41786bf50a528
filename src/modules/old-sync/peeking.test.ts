import assert from "node:assert/strict";
import { type EventJson, type PageJson, path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

const HISTORY = "m.room.history_visibility";

/** A room that becomes readable for the world after its first message, a guest, and a user; neither is in the room. */
async function openRoom(homeserver: TestHomeserver) {
  const alice = await homeserver.register("alice");
  const guest = await homeserver.register("guest", { isGuest: true });
  const bob = await homeserver.register("bob");
  const roomId = await alice.createRoom({ preset: "private_chat" });
  const secret = await alice.say(roomId, "secret");
  await alice.setState(roomId, HISTORY, { history_visibility: "world_readable" });
  const open = await alice.say(roomId, "open");
  return { alice, guest, bob, roomId, secret, open };
}

type RoomInfoJson = {
  readonly membership: string;
  readonly messages: PageJson;
  readonly state: readonly EventJson[];
};
type ContextJson = { readonly events_before: readonly EventJson[]; readonly event: EventJson };

const bodies = (events: readonly EventJson[]) =>
  events.filter(({ type }) => type === "m.room.message").map(({ content }) => content["body"]);

it("guests and users read rooms that the world may read, from when it may", async (homeserver) => {
  const { guest, bob, roomId, secret, open } = await openRoom(homeserver);
  for (const peeker of [guest, bob]) {
    assert.deepEqual(bodies((await peeker.messages(roomId)).chunk), ["open"]);
    assert.ok((await peeker.fullState(roomId)).some(({ type }) => type === "m.room.create"));
    assert.equal((await peeker.state(roomId, HISTORY))["history_visibility"], "world_readable");
    assert.equal((await peeker.get<PageJson>(path`rooms/${roomId}/members`)).chunk.length, 1);
    const info = await peeker.get<RoomInfoJson>(path`rooms/${roomId}/initialSync`);
    assert.deepEqual([info.membership, bodies(info.messages.chunk)], ["leave", ["open"]]);
    assert.ok(info.state.length > 0);
    const context = await peeker.get<ContextJson>(path`rooms/${roomId}/context/${open}`);
    assert.deepEqual(bodies(context.events_before), []);
    assert.equal((await peeker.get<EventJson>(path`rooms/${roomId}/event/${open}`)).event_id, open);
    assert.equal(await refusal(peeker.get(path`rooms/${roomId}/event/${secret}`)), "404 M_NOT_FOUND");
    assert.equal(await refusal(peeker.say(roomId, "me too")), "403 M_FORBIDDEN");
  }
});

it("what the world may not read is refused to guests and users", async (homeserver) => {
  const { alice, guest, bob, roomId } = await openRoom(homeserver);
  for (const history_visibility of ["shared", "invited", "joined"]) {
    await alice.setState(roomId, HISTORY, { history_visibility });
    const eventId = await alice.say(roomId, "hidden");
    for (const peeker of [guest, bob]) {
      const places = ["messages?dir=b", "state", `state/${HISTORY}`, "members", "initialSync"];
      const paths = places.map((place) => `${path`rooms/${roomId}/`}${place}`);
      paths.push(path`rooms/${roomId}/context/${eventId}`, path`events?room_id=${roomId}`);
      for (const each of paths) assert.equal(await refusal(peeker.get(each)), "403 M_FORBIDDEN", each);
      assert.equal(await refusal(peeker.get(path`rooms/${roomId}/event/${eventId}`)), "404 M_NOT_FOUND");
    }
  }
});

const eventsOf = async (peeker: TestClient, roomId: string, query: Readonly<Record<string, string>> = {}) =>
  await peeker.get<PageJson>(`events?${new URLSearchParams({ room_id: roomId, ...query }).toString()}`);

for (const kind of ["guest", "bob"] as const) {
  it(`events of a room that the world may read go on from its initial sync for ${kind}`, async (homeserver) => {
    const { alice, roomId, [kind]: peeker } = await openRoom(homeserver);
    const { messages } = await peeker.get<RoomInfoJson>(path`rooms/${roomId}/initialSync`);
    const nothing = await eventsOf(peeker, roomId, { from: messages.end ?? "", timeout: "0" });
    assert.deepEqual(nothing.chunk, []);
    await alice.say(roomId, "first");
    const read = await eventsOf(peeker, roomId, { from: messages.end ?? "", timeout: "0" });
    assert.deepEqual(bodies(read.chunk), ["first"]);
    const waiting = eventsOf(peeker, roomId, { from: read.end ?? "", timeout: "10000" });
    const eventId = await alice.say(roomId, "second");
    const { chunk, end = "" } = await waiting;
    assert.deepEqual(bodies(chunk), ["second"]);
    assert.equal(chunk[0]?.room_id, roomId);
    await alice.post(path`rooms/${roomId}/receipt/m.read/${eventId}`);
    const receipts = await eventsOf(peeker, roomId, { from: end, timeout: "10000" });
    assert.deepEqual(
      receipts.chunk.map(({ type }) => type),
      ["m.receipt"],
    );
  });
}

it("more than a page of events is told in several answers", async (homeserver) => {
  const { alice, guest, roomId } = await openRoom(homeserver);
  const { end: start = "" } = await eventsOf(guest, roomId);
  for (let n = 0; n < 105; n++) await alice.say(roomId, `${n}`);
  const first = await eventsOf(guest, roomId, { from: start });
  const second = await eventsOf(guest, roomId, { from: first.end ?? "" });
  assert.equal(first.chunk.length, 100);
  assert.deepEqual(bodies(second.chunk), ["100", "101", "102", "103", "104"]);
});

it("a room that closes while it is watched is told no more", async (homeserver) => {
  const { alice, guest, roomId } = await openRoom(homeserver);
  const { end = "" } = await eventsOf(guest, roomId);
  const waiting = refusal(eventsOf(guest, roomId, { from: end, timeout: "10000" }));
  await alice.setState(roomId, HISTORY, { history_visibility: "joined" });
  assert.equal(await waiting, "403 M_FORBIDDEN");
});

it("a guest asks for the events of one room alone", async (homeserver) => {
  const guest = await homeserver.register("guest", { isGuest: true });
  assert.equal(await refusal(guest.get("events")), "403 M_GUEST_ACCESS_FORBIDDEN");
  assert.equal(await refusal(eventsOf(guest, "!unknown:test")), "403 M_FORBIDDEN");
});
