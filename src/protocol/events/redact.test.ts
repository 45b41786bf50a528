import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { JsonObject } from "../json/json.ts";
import { canonicalObjects } from "../json/testing.ts";
import { eventIdOf, referenceHash } from "./hashes.ts";
import { redact } from "./redact.ts";
import { verifyEvent } from "./sign.ts";
import { build, rulesOf, signer, versions } from "./testing.ts";

const types = [
  "m.room.member",
  "m.room.create",
  "m.room.join_rules",
  "m.room.power_levels",
  "m.room.history_visibility",
  "m.room.aliases",
  "m.room.redaction",
  "m.room.message",
];
const events = fc
  .record({ version: fc.constantFrom(...versions), type: fc.constantFrom(...types), content: canonicalObjects })
  .map(({ version, ...parts }) => ({ rules: rulesOf(version), built: build(version, { ...parts, stateKey: "" }) }));

/** What is left of the content. */
function left(version: string, type: string, content: JsonObject): JsonObject {
  return redact(build(version, { type, stateKey: "", content }).pdu, rulesOf(version)).content;
}

test("redacting twice is redacting once", () => {
  fc.assert(
    fc.property(events, ({ rules, built }) => {
      const once = redact(built.pdu, rules);
      assert.deepEqual(redact(once, rules), once);
    }),
    { numRuns: 50 },
  );
});

test("a redacted event keeps its hash, its ID and its signature", () => {
  fc.assert(
    fc.property(events, ({ rules, built }) => {
      const redacted = redact(built.pdu, rules);
      assert.equal(referenceHash(redacted, rules), referenceHash(built.pdu, rules));
      assert.equal(eventIdOf(redacted, rules), built.eventId);
      assert.deepEqual(verifyEvent(redacted, rules, signer), { allowed: true });
    }),
    { numRuns: 50 },
  );
});

test("the event itself is not changed", () => {
  const { pdu } = build("11", { content: { body: "Hello" } });
  redact({ ...pdu, unsigned: {} }, rulesOf("11"));
  assert.deepEqual(pdu.content, { body: "Hello" });
});

test("of a message nothing is left", () => {
  for (const version of versions) assert.deepEqual(left(version, "m.room.message", { body: "Hello" }), {});
});

test("what names say of JavaScript objects is not content", () => {
  assert.deepEqual(left("11", "m.room.history_visibility", { constructor: 1 }), {});
});

test("since room version 6 nothing is left of aliases", () => {
  assert.deepEqual(left("5", "m.room.aliases", { aliases: [], more: 1 }), { aliases: [] });
  assert.deepEqual(left("6", "m.room.aliases", { aliases: [], more: 1 }), {});
});

test("since room version 8 the join rules keep what they allow", () => {
  const content = { join_rule: "restricted", allow: [], more: 1 };
  assert.deepEqual(left("7", "m.room.join_rules", content), { join_rule: "restricted" });
  assert.deepEqual(left("8", "m.room.join_rules", content), { join_rule: "restricted", allow: [] });
});

test("since room version 9 a membership keeps who vouched for it", () => {
  const content = { membership: "join", join_authorised_via_users_server: "@a:b", displayname: "A" };
  assert.deepEqual(left("8", "m.room.member", content), { membership: "join" });
  assert.deepEqual(left("9", "m.room.member", content), {
    membership: "join",
    join_authorised_via_users_server: "@a:b",
  });
});

test("since room version 11 the create event keeps all of its content", () => {
  const content = { creator: "@a:b", type: "m.space" };
  assert.deepEqual(left("10", "m.room.create", content), { creator: "@a:b" });
  assert.deepEqual(left("11", "m.room.create", content), content);
});

test("since room version 11 the power levels keep the level of invitations, and redactions what they redact", () => {
  assert.deepEqual(left("10", "m.room.power_levels", { invite: 50, ban: 60, more: 1 }), { ban: 60 });
  assert.deepEqual(left("11", "m.room.power_levels", { invite: 50, ban: 60, more: 1 }), { invite: 50, ban: 60 });
  assert.deepEqual(left("10", "m.room.redaction", { redacts: "$a", reason: "b" }), {});
  assert.deepEqual(left("11", "m.room.redaction", { redacts: "$a", reason: "b" }), { redacts: "$a" });
});

test("since room version 11 an invitation by e-mail keeps what was signed", () => {
  const content = { membership: "invite", third_party_invite: { display_name: "A", signed: { token: "t" } } };
  assert.deepEqual(left("10", "m.room.member", content), { membership: "invite" });
  assert.deepEqual(left("11", "m.room.member", content), {
    membership: "invite",
    third_party_invite: { signed: { token: "t" } },
  });
  assert.deepEqual(left("11", "m.room.member", { third_party_invite: { display_name: "A" } }), {
    third_party_invite: {},
  });
  assert.deepEqual(left("11", "m.room.member", { third_party_invite: "text" }), {});
});

test("room version 11 drops the members of old times, and every version what is unsigned", () => {
  const { pdu } = build("10");
  const old = { ...pdu, origin: "one.example", membership: "join", prev_state: [], unsigned: {}, redacts: "$a" };
  const names = (version: string): string[] => Object.keys(redact(old, rulesOf(version)));
  for (const name of ["origin", "membership", "prev_state"]) {
    assert.ok(names("10").includes(name), name);
    assert.ok(!names("11").includes(name), name);
  }
  for (const version of versions)
    assert.ok(!names(version).includes("unsigned") && !names(version).includes("redacts"));
});
