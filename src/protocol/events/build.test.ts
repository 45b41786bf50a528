import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { canonicalJson } from "../json/canonical.ts";
import { canonicalObjects } from "../json/testing.ts";
import { buildEvent } from "./build.ts";
import { checkEventFormat } from "./format.ts";
import { checkContentHash, eventIdOf } from "./hashes.ts";
import { verifyEvent } from "./sign.ts";
import { build, draftOf, rulesOf, signer, versions } from "./testing.ts";

const shapes = [
  {},
  { stateKey: "" },
  { type: "m.room.create", stateKey: "", prevEvents: [], authEvents: [] },
  { type: "m.room.redaction", redacts: "$target" },
];

test("what is put together from parts is what the whole would be", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...versions),
      fc.constantFrom(...shapes),
      canonicalObjects,
      (version, shape, content) => {
        const rules = rulesOf(version);
        const built = build(version, { ...shape, content });
        assert.equal(built.json, canonicalJson(built.pdu));
        assert.equal(eventIdOf(built.pdu, rules), built.eventId);
        assert.deepEqual(checkContentHash(built.pdu), { allowed: true });
        assert.deepEqual(verifyEvent(built.pdu, rules, signer), { allowed: true });
        assert.deepEqual(checkEventFormat(built.pdu, rules), { allowed: true });
      },
    ),
  );
});

test("room versions 1 and 2 name events with their hashes and carry an ID", () => {
  const { pdu } = build("2");
  assert.deepEqual(pdu.prev_events, [["$previous", { sha256: "hash-of-previous" }]]);
  assert.equal(pdu["event_id"], "$event:one.example");
  const { eventId: _id, ...nameless } = draftOf();
  assert.throws(() => buildEvent(nameless, rulesOf("2"), signer), { name: "RangeError", message: /is chosen/ });
});

test("later ones name events by their IDs and carry none", () => {
  const { pdu } = build("3");
  assert.deepEqual(pdu.prev_events, ["$previous"]);
  assert.equal("event_id" in pdu, false);
});

test("what is redacted moves into the content in room version 11", () => {
  const parts = { type: "m.room.redaction", redacts: "$target", content: { reason: "spam" } };
  assert.partialDeepStrictEqual(build("10", parts).pdu, { redacts: "$target", content: { reason: "spam" } });
  const { pdu } = build("11", parts);
  assert.deepEqual(pdu.content, { reason: "spam", redacts: "$target" });
  assert.equal("redacts" in pdu, false);
});

test("a room of version 12 is named after its create event", () => {
  const parts = { type: "m.room.create", stateKey: "", prevEvents: [], authEvents: [], roomId: "" };
  const create = build("12", parts);
  assert.equal("room_id" in create.pdu, false);
  assert.equal(create.roomId, create.eventId.replace("$", "!"));
  assert.equal(build("12", { roomId: create.roomId }).pdu["room_id"], create.roomId);
  assert.equal(build("11", { ...parts, roomId: "!room:one.example" }).roomId, "!room:one.example");
});

test("depth ends at the largest integer", () => {
  assert.equal(build("11", { depth: 2 ** 53 }).pdu.depth, Number.MAX_SAFE_INTEGER);
});
