import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomEvent } from "../../protocol/events/pdu.ts";
import { threadOf, touchesThread } from "./thread.ts";

interface Drawn {
  readonly eventId: string;
  readonly to?: readonly [type: string, eventId: string];
  readonly roomId?: string;
}

/** Events of a room, and how often one of them was looked up. */
function drawn(events: readonly Drawn[]) {
  const byId = new Map(events.map((event) => [event.eventId, toEvent(event)]));
  const asked: string[] = [];
  const lookUp = async (eventId: string) => {
    asked.push(eventId);
    return byId.get(eventId);
  };
  const get = (eventId: string): RoomEvent => byId.get(eventId) ?? toEvent({ eventId });
  return {
    asked,
    threadOf: async (eventId: string) => await threadOf(get(eventId), lookUp),
    touches: async (eventId: string, threadId: string) => await touchesThread(get(eventId), threadId, lookUp),
  };
}

function toEvent({ eventId, to, roomId = "!room:test" }: Drawn): RoomEvent {
  const content = to ? { "m.relates_to": { rel_type: to[0], event_id: to[1] } } : {};
  const pdu = {
    type: "m.room.message",
    sender: "@alice:test",
    content,
    depth: 1,
    origin_server_ts: 1,
    prev_events: [],
    auth_events: [],
    hashes: {},
  };
  return { eventId, roomId, pdu, stateKey: undefined };
}

const thread: readonly Drawn[] = [
  { eventId: "$root" },
  { eventId: "$message", to: ["m.thread", "$root"] },
  { eventId: "$edit", to: ["m.replace", "$message"] },
  { eventId: "$reaction", to: ["m.annotation", "$edit"] },
  { eventId: "$reference", to: ["m.reference", "$reaction"] },
  { eventId: "$tooFar", to: ["m.reference", "$reference"] },
  { eventId: "$onRoot", to: ["m.annotation", "$root"] },
];

test("an event that says so is in the thread of the root it names, and nothing is looked up", async () => {
  const room = drawn(thread);
  assert.equal(await room.threadOf("$message"), "$root");
  assert.deepEqual(room.asked, []);
});

test("what relates to an event of a thread is in that thread, at most three steps away", async () => {
  const room = drawn(thread);
  for (const eventId of ["$edit", "$reaction", "$reference"]) assert.equal(await room.threadOf(eventId), "$root");
  room.asked.length = 0;
  assert.equal(await room.threadOf("$tooFar"), "main");
  assert.equal(room.asked.length, 3);
});

test("the root, what relates to it otherwise, and all else are in the main thread", async () => {
  const room = drawn(thread);
  for (const eventId of ["$root", "$onRoot", "$alone"]) assert.equal(await room.threadOf(eventId), "main");
});

test("relations to what is unknown, of another room, in a circle or malformed lead to no thread", async () => {
  const room = drawn([
    { eventId: "$lost", to: ["m.annotation", "$unknown"] },
    { eventId: "$elsewhere", to: ["m.thread", "$root"], roomId: "!other:test" },
    { eventId: "$stray", to: ["m.annotation", "$elsewhere"] },
    { eventId: "$a", to: ["m.annotation", "$b"] },
    { eventId: "$b", to: ["m.annotation", "$a"] },
  ]);
  for (const eventId of ["$lost", "$stray", "$a"]) assert.equal(await room.threadOf(eventId), "main");
  const { pdu, ...rest } = toEvent({ eventId: "$malformed" });
  const relates: readonly (string | { readonly rel_type: string })[] = ["text", { rel_type: "m.thread" }];
  for (const relation of relates) {
    const malformed = { ...rest, pdu: { ...pdu, content: { "m.relates_to": relation } } };
    assert.equal(await threadOf(malformed, async () => undefined), "main");
  }
});

test("a thread is touched by its events, its root and what relates to the root", async () => {
  const room = drawn([...thread, { eventId: "$other" }, { eventId: "$inOther", to: ["m.thread", "$other"] }]);
  for (const eventId of ["$root", "$message", "$edit", "$reaction", "$onRoot"])
    assert.equal(await room.touches(eventId, "$root"), true, eventId);
  for (const eventId of ["$other", "$inOther"]) assert.equal(await room.touches(eventId, "$root"), false, eventId);
  // No thread begins within a thread.
  assert.equal(await room.touches("$message", "$message"), false);
});

test("the main thread is touched by what is in it alone", async () => {
  const room = drawn(thread);
  for (const eventId of ["$root", "$onRoot"]) assert.equal(await room.touches(eventId, "main"), true, eventId);
  for (const eventId of ["$message", "$edit"]) assert.equal(await room.touches(eventId, "main"), false, eventId);
});

test("what names no event is in no thread, and no thread has its name", async () => {
  for (const named of ["", "main", "root", "__proto__", "$", "$a\u0000b", `$${"x".repeat(255)}`]) {
    const room = drawn([{ eventId: "$message", to: ["m.thread", named] }]);
    assert.equal(await room.threadOf("$message"), "main", named);
    if (named !== "main") assert.equal(await room.touches("$message", named), false, named);
  }
});
