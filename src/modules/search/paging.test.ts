import assert from "node:assert/strict";
import { refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { type FoundJson, idsOf, searchFor } from "./testing.ts";

const it = homeserverTests();

/** A room in which Alice says so many messages with the word `message`. */
async function start(homeserver: TestHomeserver, count: number) {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom({ preset: "public_chat" });
  const eventIds: string[] = [];
  for (let number = 0; number < count; number++) eventIds.push(await alice.say(roomId, `message number ${number}`));
  return { alice, roomId, eventIds };
}

/** All pages, one after the other. */
async function pages(client: TestClient, term: string, wishes: object, next_batch?: string): Promise<FoundJson[]> {
  const found: FoundJson[] = [await searchFor(client, term, { ...wishes, next_batch })];
  for (let next = found[0]?.next_batch; next !== undefined; next = found.at(-1)?.next_batch) {
    assert.ok(found.length < 20, "there is no end");
    found.push(await searchFor(client, term, { ...wishes, next_batch: next }));
  }
  return found;
}

it("pages go on until one is not full, without doubles, and say how many there are in all", async (homeserver) => {
  const { alice, eventIds } = await start(homeserver, 8);
  for (const [order_by, expected] of [
    ["recent", eventIds.toReversed()],
    ["rank", eventIds],
  ] as const) {
    const found = await pages(alice, "message", { order_by, filter: { limit: 4 } });
    assert.deepEqual(found.map(idsOf), [expected.slice(0, 4), expected.slice(4), []], order_by);
    assert.deepEqual(
      found.map(({ count }) => count),
      [8, 8, 8],
    );
  }
});

it("what is said between two pages moves nothing", async (homeserver) => {
  const { alice, roomId, eventIds } = await start(homeserver, 4);
  for (const order_by of ["recent", "rank"]) {
    const first = await searchFor(alice, "message number", { order_by, filter: { limit: 2 } });
    await alice.say(roomId, "message message number");
    const { next_batch } = first;
    const second = await searchFor(alice, "message number", { order_by, filter: { limit: 2 }, next_batch });
    assert.deepEqual(new Set([...idsOf(first), ...idsOf(second)]).size, 4);
    if (order_by === "recent") assert.deepEqual([...idsOf(second), ...idsOf(first)].toSorted(), eventIds.toSorted());
  }
});

it("the best come first unless the newest are wanted", async (homeserver) => {
  const { alice, roomId } = await start(homeserver, 0);
  const filler = "and a lot of other words that have nothing to do with it, ".repeat(5);
  const best = await alice.say(roomId, "apple apple");
  const long = await alice.say(roomId, `${filler} apple`);
  const part = await alice.say(roomId, "pineapple tree");
  const whole = await alice.say(roomId, "apple tree");
  const found = await searchFor(alice, "apple");
  assert.deepEqual(idsOf(found), [best, whole, part, long]);
  const ranks = found.results.map(({ rank }) => rank);
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => b - a),
  );
  assert.deepEqual(idsOf(await searchFor(alice, "apple", { order_by: "recent" })), [whole, part, long, best]);
});

it("results are grouped by room and sender, and a group goes on by itself", async (homeserver) => {
  const { alice, roomId, eventIds } = await start(homeserver, 3);
  const bob = await homeserver.register("bob");
  await bob.join(roomId);
  const other = await alice.createRoom({ preset: "public_chat" });
  const bobs = await bob.say(roomId, "message of bob");
  const elsewhere = await alice.say(other, "message elsewhere");
  const wishes = {
    order_by: "recent",
    filter: { limit: 3 },
    groupings: { group_by: [{ key: "room_id" }, { key: "sender" }] },
  };
  const { groups, next_batch } = await searchFor(alice, "message", wishes);
  const [oldest = "", middle = "", newest = ""] = eventIds;
  const inRoom = groups?.["room_id"]?.[roomId];
  assert.deepEqual([inRoom?.order, inRoom?.results], [2, [bobs, newest]]);
  assert.deepEqual(groups?.["room_id"]?.[other]?.order, 1);
  assert.deepEqual(groups?.["sender"]?.[alice.userId]?.results, [elsewhere, newest]);
  assert.deepEqual(groups?.["sender"]?.[bob.userId]?.results, [bobs]);
  const rest = await pages(alice, "message", wishes, next_batch);
  assert.deepEqual(rest.flatMap(idsOf), [middle, oldest]);
  assert.equal(rest.at(-1)?.groups?.["room_id"]?.[roomId]?.next_batch, undefined);
  const ofRoom = await pages(alice, "message", wishes, inRoom?.next_batch);
  assert.deepEqual(ofRoom.flatMap(idsOf), [middle, oldest]);
  const ofBob = groups?.["sender"]?.[bob.userId]?.next_batch;
  assert.deepEqual((await pages(alice, "message", wishes, ofBob)).flatMap(idsOf), []);
});

it("a group in the order of ranks has the worse results on its next pages", async (homeserver) => {
  const { alice, eventIds } = await start(homeserver, 5);
  const wishes = { filter: { limit: 2 }, groupings: { group_by: [{ key: "sender" }] } };
  const { groups } = await searchFor(alice, "message", wishes);
  const next = groups?.["sender"]?.[alice.userId]?.next_batch;
  assert.deepEqual((await pages(alice, "message", wishes, next)).flatMap(idsOf), eventIds.slice(2));
});

it("a limit of 0 wants no results, but how many there are", async (homeserver) => {
  const { alice } = await start(homeserver, 2);
  const found = await searchFor(alice, "message", { filter: { limit: 0 } });
  assert.deepEqual([found.results, found.count, found.next_batch], [[], 2, undefined]);
});

it("requests that make no sense are refused, each with the reason", async (homeserver) => {
  const { alice } = await start(homeserver, 0);
  const refused = async (room_events: object, query = "") =>
    await refusal(alice.post(`search${query}`, { search_categories: { room_events } }));
  const term = { search_term: "x" };
  assert.equal(await refused({}), "400 M_MISSING_PARAM");
  assert.equal(await refusal(alice.post("search", {})), "400 M_MISSING_PARAM");
  assert.equal(await refused({ search_term: 1 }), "400 M_BAD_JSON");
  assert.equal(await refused({ search_term: "x".repeat(1_001) }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ ...term, keys: ["content.formatted_body"] }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ ...term, keys: "content.body" }), "400 M_BAD_JSON");
  assert.equal(await refused({ ...term, order_by: "oldest" }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ ...term, filter: { limit: -1 } }), "400 M_BAD_JSON");
  assert.equal(await refused({ ...term, filter: { rooms: ["no room"] } }), "400 M_BAD_JSON");
  assert.equal(await refused({ ...term, filter: [] }), "400 M_BAD_JSON");
  assert.equal(await refused({ ...term, event_context: { before_limit: -1 } }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ ...term, event_context: { after_limit: "1" } }), "400 M_BAD_JSON");
  assert.equal(await refused({ ...term, groupings: { group_by: [{ key: "type" }] } }), "400 M_INVALID_PARAM");
  assert.equal(await refused({ ...term, groupings: { group_by: [{}] } }), "400 M_MISSING_PARAM");
  for (const token of ["?next_batch=nonsense", "?next_batch=", "?next_batch=WzEsMiwzLDRd"]) {
    assert.equal(await refused(term, token), "400 M_INVALID_PARAM", token);
  }
});

it("categories that are not known are passed over, and guests do not search", async (homeserver) => {
  const { alice } = await start(homeserver, 0);
  const answer = await alice.post("search", { search_categories: { "org.example.people": {} } });
  assert.deepEqual(answer, { search_categories: {} });
  const body = { search_categories: { room_events: { search_term: "x" } } };
  const guest = await homeserver.register("guest", { isGuest: true });
  assert.equal(await refusal(guest.post("search", body)), "403 M_GUEST_ACCESS_FORBIDDEN");
});
