import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventDraft } from "./build.ts";
import { redact } from "./redact.ts";
import { requiredSignersOf, signEvent, verifyEvent } from "./sign.ts";
import { build, otherSigner, rulesOf, signer, versions } from "./testing.ts";

const keyOf = ({ serverName, key }: typeof signer): Parameters<typeof verifyEvent>[2] => ({ serverName, key });

test("the signature of an event survives its redaction, and changes of its content", () => {
  const rules = rulesOf("11");
  const { pdu } = build("11");
  for (const copy of [pdu, redact(pdu, rules), { ...pdu, content: {} }]) {
    assert.deepEqual(verifyEvent(copy, rules, keyOf(signer)), { allowed: true });
  }
});

test("a change of what redactions leave is found", () => {
  const { pdu } = build("11");
  for (const change of [{ depth: 4 }, { hashes: {} }, { state_key: "" }, { sender: "@bob:one.example" }]) {
    const verdict = verifyEvent({ ...pdu, ...change }, rulesOf("11"), keyOf(signer));
    assert.partialDeepStrictEqual(verdict, { allowed: false, rule: "signature.wrong" });
  }
});

test("a second server signs beside the first", () => {
  const rules = rulesOf("8");
  const { pdu } = build("8");
  assert.partialDeepStrictEqual(verifyEvent(pdu, rules, keyOf(otherSigner)), { rule: "signature.missing" });
  const signed = signEvent(pdu, rules, otherSigner);
  for (const each of [signer, otherSigner])
    assert.deepEqual(verifyEvent(signed, rules, keyOf(each)), { allowed: true });
});

function signersOf(version: string, parts: Partial<EventDraft>): string[] {
  return [...requiredSignersOf(build(version, parts).pdu, rulesOf(version))];
}

test("the sender's server signs", () => {
  for (const version of versions) assert.deepEqual(signersOf(version, {}), ["one.example"]);
  assert.deepEqual(signersOf("11", { sender: "@alice:one.example:8448" }), ["one.example:8448"]);
});

test("in room versions 1 and 2 also the server that chose the ID", () => {
  assert.deepEqual(signersOf("2", { eventId: "$e:two.example" }), ["one.example", "two.example"]);
  assert.deepEqual(signersOf("3", { eventId: "$e:two.example" }), ["one.example"]);
});

test("since room version 8 also the server of who vouches for a join", () => {
  const content = { membership: "join", join_authorised_via_users_server: "@bob:two.example" };
  const join = { type: "m.room.member", stateKey: "@alice:one.example", content };
  assert.deepEqual(signersOf("7", join), ["one.example"]);
  assert.deepEqual(signersOf("8", join), ["one.example", "two.example"]);
  assert.deepEqual(signersOf("8", { content }), ["one.example"]);
});

test("an invitation by e-mail needs no signature of the sender's server", () => {
  const content = { membership: "invite", third_party_invite: { signed: {} } };
  assert.deepEqual(signersOf("11", { type: "m.room.member", stateKey: "@bob:two.example", content }), []);
});
