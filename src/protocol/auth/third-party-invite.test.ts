import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { makeSigningKey } from "../signing/crypto.ts";
import { signJson } from "../signing/json.ts";
import { alice, assertOutcomes, bob, carol, room } from "./testing.ts";

const identityServer = makeSigningKey(new Uint8Array(32).fill(1), "ed25519:0");
const otherServer = makeSigningKey(new Uint8Array(32).fill(2), "ed25519:0");
const signed = signJson({ mxid: bob, token: "abc" }, "id.example", identityServer);

/** A room in which alice has invited an address; the invite names these keys. */
const invitedAddress = (version: string, keys: JsonObject = { public_key: identityServer.publicKey }) =>
  room(version).with(alice).state("m.room.third_party_invite", "abc", keys, alice);

/** Alice redeems the invite for bob. */
const redeem = (version: string, thirdPartyInvite: JsonValue, sender = alice) =>
  room(version).membership("invite", sender, bob, { third_party_invite: thirdPartyInvite });

test("an invite to an address is redeemed with what the identity server signed", () => {
  assertOutcomes({ "1-12": "allowed" }, (v) => invitedAddress(v).check(redeem(v, { signed })));
});

test("one of several keys is enough", () => {
  const keys = {
    public_key: "no key",
    public_keys: [{ public_key: otherServer.publicKey }, {}, { public_key: identityServer.publicKey }],
  };
  assertOutcomes({ "1-12": "allowed" }, (v) => invitedAddress(v, keys).check(redeem(v, { signed })));
});

test("a key may be written in the alphabet for URLs", () => {
  const key = makeSigningKey(new Uint8Array(32).fill(5), "ed25519:0");
  const publicKey = key.publicKey.replaceAll("+", "-").replaceAll("/", "_");
  assert.notEqual(publicKey, key.publicKey, "the key shows the difference");
  const signedByKey = signJson({ mxid: bob, token: "abc" }, "id.example", key);
  assertOutcomes({ "1-12": "allowed" }, (v) =>
    invitedAddress(v, { public_key: publicKey }).check(redeem(v, { signed: signedByKey })),
  );
});

test("it is redeemed whatever has become of its sender, and takes no power", () => {
  assertOutcomes({ "1-12": "allowed" }, (v) =>
    invitedAddress(v).left(alice).levels({ invite: 100 }).check(redeem(v, { signed })),
  );
});

test("the banned cannot be invited in this way either", () => {
  assertOutcomes({ "1-12": ["member.third-party-invite.banned", /@bob.* is banned/] }, (v) =>
    invitedAddress(v).banned(bob).check(redeem(v, { signed })),
  );
});

test("it needs something signed, even where the sender may invite", () => {
  for (const wrong of [{}, null, "abc", { signed: "abc" }]) {
    assertOutcomes({ "1-12": ["member.third-party-invite.signed", /nothing signed/] }, (v) =>
      invitedAddress(v).check(redeem(v, wrong)),
    );
  }
});

test("what is signed names the user and the token", () => {
  for (const wrong of [{ mxid: bob }, { token: "abc" }, { mxid: bob, token: 1 }]) {
    assertOutcomes({ "1-12": ["member.third-party-invite.incomplete", /no user ID or no token/] }, (v) =>
      invitedAddress(v).check(redeem(v, { signed: wrong })),
    );
  }
});

test("it is for the user whom the signed names", () => {
  const forCarol = signJson({ mxid: carol, token: "abc" }, "id.example", identityServer);
  assertOutcomes({ "1-12": ["member.third-party-invite.mxid", /for @carol.*, not @bob/] }, (v) =>
    invitedAddress(v).check(redeem(v, { signed: forCarol })),
  );
});

test("the room must have the invite to the address", () => {
  const otherToken = signJson({ mxid: bob, token: "def" }, "id.example", identityServer);
  assertOutcomes({ "1-12": ["member.third-party-invite.token", /no such invite/] }, (v) =>
    invitedAddress(v).check(redeem(v, { signed: otherToken })),
  );
});

test("it is by the sender of the invite to the address", () => {
  assertOutcomes({ "1-12": ["member.third-party-invite.sender", /by @alice.*, not @carol/] }, (v) =>
    invitedAddress(v)
      .with(carol)
      .check(redeem(v, { signed }, carol)),
  );
});

test("one of the keys of the invite must have signed", () => {
  const refused = { "1-12": ["member.third-party-invite.signature", /None of the invite's keys/] } as const;
  const byOther = signJson({ mxid: bob, token: "abc" }, "id.example", otherServer);
  assertOutcomes(refused, (v) => invitedAddress(v).check(redeem(v, { signed: byOther })));
  assertOutcomes(refused, (v) => invitedAddress(v).check(redeem(v, { signed: { mxid: bob, token: "abc" } })));
  assertOutcomes(refused, (v) => invitedAddress(v).check(redeem(v, { signed: { ...signed, added: true } })));
  assertOutcomes(refused, (v) => invitedAddress(v, {}).check(redeem(v, { signed })));
  const unknownAlgorithm = { ...signed, signatures: { "id.example": { "rsa:0": identityServer.sign("x") } } };
  assertOutcomes(refused, (v) => invitedAddress(v).check(redeem(v, { signed: unknownAlgorithm })));
});

test("a flood of keys and signatures is not tried to its end", () => {
  const wrong = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`ed25519:a${index}`, otherServer.sign("x")]),
  );
  const flooded = { ...signed, signatures: { "a.example": wrong, ...signed.signatures } };
  assertOutcomes({ "1-12": ["member.third-party-invite.signature", /None/] }, (v) =>
    invitedAddress(v).check(redeem(v, { signed: flooded })),
  );
});
