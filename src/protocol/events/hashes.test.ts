import assert from "node:assert/strict";
import { test } from "node:test";
import { checkContentHash, contentHash, eventIdOf, referenceHash, roomEventOf } from "./hashes.ts";
import { redact } from "./redact.ts";
import { build, rulesOf, versions } from "./testing.ts";

test("a change of the content is found by its hash", () => {
  const { pdu } = build("11");
  assert.deepEqual(checkContentHash(pdu), { allowed: true });
  const wrong = { allowed: false, rule: "event.content-hash", reason: "The content is not what its hash says" };
  assert.deepEqual(checkContentHash({ ...pdu, content: {} }), wrong);
  assert.deepEqual(checkContentHash({ ...pdu, hashes: {} }), wrong);
  assert.deepEqual(checkContentHash(redact(pdu, rulesOf("11"))), wrong);
});

test("the hash covers neither itself nor what is unsigned nor the signatures, and may be padded", () => {
  const { pdu } = build("11");
  const hashes = { sha256: `${contentHash(pdu)}=`, sha1: "x" };
  assert.deepEqual(checkContentHash({ ...pdu, hashes, unsigned: { age: 1 }, signatures: {} }), { allowed: true });
});

test("IDs are chosen in room versions 1 and 2, and derived since", () => {
  assert.equal(build("2").eventId, "$event:one.example");
  assert.match(build("3").eventId, /^\$[A-Za-z0-9+/]{43}$/);
  for (const version of versions.slice(3)) assert.match(build(version).eventId, /^\$[A-Za-z0-9_-]{43}$/);
});

test("hashes of room versions 1 to 3 are in base64, of later ones safe in URLs", () => {
  const pdus = Array.from({ length: 8 }, (_, depth) => build("4", { depth }).pdu);
  const old = pdus.map((pdu) => referenceHash(pdu, rulesOf("3"))).join("");
  const safe = pdus.map((pdu) => referenceHash(pdu, rulesOf("4"))).join("");
  assert.match(old, /[+/]/);
  assert.equal(safe, old.replaceAll("+", "-").replaceAll("/", "_"));
});

test("signatures of other servers do not change the ID", () => {
  const { pdu, eventId } = build("11");
  assert.equal(eventIdOf({ ...pdu, signatures: {}, unsigned: { age: 1 } }, rulesOf("11")), eventId);
});

test("an event read back has the identifiers that it was made with", () => {
  for (const version of versions) {
    for (const parts of [{}, { type: "m.room.create", stateKey: "", prevEvents: [], authEvents: [] }]) {
      const { json, ...event } = build(version, parts);
      assert.deepEqual(roomEventOf(JSON.parse(json), rulesOf(version)), event);
    }
  }
});

test("an event of room version 1 without an ID has none", () => {
  const { event_id: _id, ...pdu } = build("1").pdu;
  assert.equal(eventIdOf(pdu, rulesOf("1")), "");
});
