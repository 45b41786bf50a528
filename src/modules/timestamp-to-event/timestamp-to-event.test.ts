import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

type FoundJson = { readonly event_id: string; readonly origin_server_ts: number };

const find = async (client: TestClient, roomId: string, query: string): Promise<FoundJson> =>
  await client.get(`${path`/_matrix/client/v1/rooms/${roomId}/timestamp_to_event`}?${query}`);

it("the closest event before and after a time is found, one of that very time first", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  const said = await alice.say(roomId, "Hello");
  const { chunk } = await alice.messages(roomId);
  const newest = chunk[0];
  assert.equal(newest?.event_id, said);
  const { origin_server_ts: time } = newest;
  const oldest = (await alice.messages(roomId, { dir: "f", limit: "1" })).chunk[0];
  assert.deepEqual(await find(alice, roomId, `ts=${time}&dir=b`), { event_id: said, origin_server_ts: time });
  assert.equal((await find(alice, roomId, `ts=${time + 60_000}&dir=b`)).event_id, said);
  assert.equal((await find(alice, roomId, "ts=0&dir=f")).event_id, oldest?.event_id);
  assert.equal((await find(alice, roomId, `ts=${time}&dir=f`)).origin_server_ts, time);
});

it("where there is no event in that direction, none is found", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  assert.equal(await refusal(find(alice, roomId, "ts=1&dir=b")), "404 M_NOT_FOUND");
  assert.equal(await refusal(find(alice, roomId, "ts=9000000000000&dir=f")), "404 M_NOT_FOUND");
});

it("events that the user may not see are passed over, however many", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const initial_state = [{ type: "m.room.history_visibility", content: { history_visibility: "joined" } }];
  const roomId = await alice.createRoom({ preset: "public_chat", initial_state });
  const made = await alice.messages(roomId);
  const after = Math.max(...made.chunk.map(({ origin_server_ts }) => origin_server_ts)) + 1;
  for (let n = 0; n < 12; n++) await alice.say(roomId, String(n));
  await bob.join(roomId);
  const joined = (await bob.messages(roomId, { limit: "1" })).chunk[0];
  assert.equal((await find(bob, roomId, `ts=${after}&dir=f`)).event_id, joined?.event_id);
  await bob.leave(roomId);
  const left = (await bob.messages(roomId, { limit: "1" })).chunk[0];
  await alice.say(roomId, "Gone");
  assert.equal((await find(bob, roomId, "ts=9000000000000&dir=b")).event_id, left?.event_id);
});

it("strangers and those who ask for nonsense are refused, and the unstable path works", async (homeserver) => {
  const [alice, carol] = [await homeserver.register("alice"), await homeserver.register("carol")];
  const roomId = await alice.createRoom();
  for (const room of [roomId, "!unknown:test"]) {
    assert.equal(await refusal(find(carol, room, "ts=0&dir=f")), "403 M_FORBIDDEN");
  }
  assert.equal(await refusal(find(alice, roomId, "dir=f")), "400 M_MISSING_PARAM");
  assert.equal(await refusal(find(alice, roomId, "ts=0")), "400 M_MISSING_PARAM");
  assert.equal(await refusal(find(alice, roomId, "ts=now&dir=f")), "400 M_INVALID_PARAM");
  assert.equal(await refusal(find(alice, roomId, "ts=0&dir=x")), "400 M_INVALID_PARAM");
  const unstable = path`/_matrix/client/unstable/org.matrix.msc3030/rooms/${roomId}/timestamp_to_event`;
  assert.equal(await refusal(alice.get(`${unstable}?ts=0&dir=f`)), "allowed");
});
