import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { parseJsonWithNumbers } from "../json/parse.ts";
import { checkEventFormat, readPdu } from "./format.ts";
import { build, rulesOf, versions } from "./testing.ts";

function assertRefused(version: string, change: JsonObject, rule: string): void {
  const verdict = checkEventFormat({ ...build(version).pdu, ...change }, rulesOf(version));
  assert.equal(verdict.allowed ? "allowed" : verdict.rule, rule, `${version} ${JSON.stringify(change)}`);
}

test("what we build has the right format, and further members do not matter", () => {
  for (const version of versions) {
    const pdu = { ...build(version).pdu, unsigned: { age: 1 }, "org.example.more": [1] };
    assert.deepEqual(readPdu(pdu, rulesOf(version)), { allowed: true, pdu });
  }
});

test("an event is an object", () => {
  for (const value of [null, [], "text", 1]) {
    assert.partialDeepStrictEqual(readPdu(value, rulesOf("11")), { allowed: false, rule: "event.format" });
  }
});

test("members of the wrong type are refused by name", () => {
  const wrong: Record<string, readonly JsonValue[]> = {
    type: [1, null],
    sender: ["alice", "@alice", 1],
    content: [[], "text", null],
    state_key: [1, null],
    origin_server_ts: ["1", null],
    depth: [-1, "1"],
    hashes: [{}, "text", { sha256: 1 }],
    signatures: [[], { "one.example": "text" }, { "one.example": { "ed25519:a": 1 } }],
    unsigned: ["text"],
    room_id: [1, "room"],
    prev_events: ["$a", {}, [1], Array.from({ length: 21 }, () => "$a")],
    auth_events: ["$a", {}, [1], Array.from({ length: 11 }, () => "$a")],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) assertRefused("11", { [name]: value }, `event.format.${name}`);
  }
});

test("what must be there and is not is refused by name", () => {
  const { pdu } = build("11");
  for (const name of ["type", "sender", "content", "depth", "origin_server_ts", "hashes", "signatures", "room_id"]) {
    const rest = Object.fromEntries(Object.entries(pdu).filter(([member]) => member !== name));
    assert.partialDeepStrictEqual(checkEventFormat(rest, rulesOf("11")), { rule: `event.format.${name}` });
  }
});

test("references have the form of their room version", () => {
  assertRefused("2", { prev_events: ["$a"] }, "event.format.prev_events");
  assertRefused("2", { auth_events: [["$a"]] }, "event.format.auth_events");
  assertRefused("3", { prev_events: [["$a", {}]] }, "event.format.prev_events");
});

test("room versions 1 and 2 want an ID in the event", () => {
  assertRefused("2", { event_id: 1 }, "event.format.event_id");
  assertRefused("3", { event_id: 1 }, "allowed");
});

test("what is redacted is a text where it stands in the event", () => {
  assertRefused("10", { redacts: 1 }, "event.format.redacts");
  assertRefused("11", { redacts: 1 }, "allowed");
});

test("only the create event of room version 12 may be without a room", () => {
  const { room_id: _room, ...pdu } = build("11", { type: "m.room.create", stateKey: "" }).pdu;
  assert.deepEqual(checkEventFormat(pdu, rulesOf("12")), { allowed: true });
  assert.partialDeepStrictEqual(checkEventFormat(pdu, rulesOf("11")), { rule: "event.format.room_id" });
  const named = { ...pdu, state_key: "more" };
  assert.partialDeepStrictEqual(checkEventFormat(named, rulesOf("12")), { rule: "event.format.room_id" });
});

test("since room version 6 floats are refused, however they are written", () => {
  const { json } = build("5", { content: { a: 0.5 } });
  for (const [text, rule] of [
    [json, "canonical-json.float"],
    [json.replace("0.5", "1.0"), "canonical-json.float"],
    [json.replace("0.5", "9007199254740993"), "canonical-json.range"],
  ] as const) {
    const { value, oddNumbers } = parseJsonWithNumbers(text);
    assert.deepEqual(checkEventFormat(value, rulesOf("5"), oddNumbers), { allowed: true });
    assert.partialDeepStrictEqual(checkEventFormat(value, rulesOf("6"), oddNumbers), { allowed: false, rule });
  }
});

test("nesting has a limit in every room version", () => {
  let deep: JsonValue = 1;
  for (let level = 0; level < 5000; level++) deep = [deep];
  assertRefused("5", { content: { deep } }, "event.format.nesting");
  assertRefused("6", { content: { deep } }, "canonical-json.nesting");
});
