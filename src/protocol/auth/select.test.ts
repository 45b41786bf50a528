import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonObject } from "../json/json.ts";
import { authEventKeys } from "./select.ts";
import { alice, bob, carol, rulesOf, versions } from "./testing.ts";

const base = (version: string) => [
  ...(version === "12" ? [] : [["m.room.create", ""]]),
  ["m.room.power_levels", ""],
  ["m.room.member", alice],
];

const membership = (content: JsonObject, stateKey = alice) => ({
  type: "m.room.member",
  sender: alice,
  stateKey,
  content,
});

describe("the auth events", () => {
  test("of a create event are none", () => {
    for (const version of versions) {
      const create = { type: "m.room.create", sender: alice, stateKey: "", content: {} };
      assert.deepEqual(authEventKeys(create, rulesOf(version)), []);
    }
  });

  test("of most events are the create event until version 11, the power levels and the sender's membership", () => {
    for (const version of versions) {
      const message = { type: "m.room.message", sender: alice, stateKey: undefined, content: { membership: "join" } };
      assert.deepEqual(authEventKeys(message, rulesOf(version)), base(version));
    }
  });

  test("of a membership are the target's besides, once", () => {
    for (const version of versions) {
      assert.deepEqual(authEventKeys(membership({ membership: "leave" }), rulesOf(version)), base(version));
      const ban = authEventKeys(membership({ membership: "ban" }, bob), rulesOf(version));
      assert.deepEqual(ban, [...base(version), ["m.room.member", bob]]);
    }
  });

  test("of a join, an invite and a knock are the join rules besides", () => {
    for (const version of versions) {
      const joinRules = [...base(version), ["m.room.join_rules", ""]];
      for (const each of ["join", "knock"]) {
        assert.deepEqual(authEventKeys(membership({ membership: each }), rulesOf(version)), joinRules);
      }
      const invite = authEventKeys(membership({ membership: "invite" }, bob), rulesOf(version));
      assert.deepEqual(invite, [...base(version), ["m.room.member", bob], ["m.room.join_rules", ""]]);
    }
  });

  test("of an invite that redeems one to an address are that one besides", () => {
    const content = { membership: "invite", third_party_invite: { signed: { token: "abc" } } };
    for (const version of versions) {
      const keys = authEventKeys(membership(content, bob), rulesOf(version));
      assert.deepEqual(keys.at(-1), ["m.room.third_party_invite", "abc"]);
      const join = authEventKeys(membership({ ...content, membership: "join" }), rulesOf(version));
      assert.deepEqual(join.at(-1), ["m.room.join_rules", ""]);
    }
  });

  test("of an invite that redeems something malformed are the usual ones", () => {
    for (const invite of [null, "abc", {}, { signed: null }, { signed: { token: 1 } }]) {
      const keys = authEventKeys(membership({ membership: "invite", third_party_invite: invite }, bob), rulesOf("11"));
      assert.deepEqual(keys.at(-1), ["m.room.join_rules", ""]);
    }
  });

  test("of a join since version 8 are the membership of who vouches for it besides, once", () => {
    for (const version of versions) {
      const vouched = (authoriser: string) =>
        authEventKeys(
          membership({ membership: "join", join_authorised_via_users_server: authoriser }),
          rulesOf(version),
        );
      const usual = [...base(version), ["m.room.join_rules", ""]];
      assert.deepEqual(vouched(carol), Number(version) < 8 ? usual : [...usual, ["m.room.member", carol]]);
      assert.deepEqual(vouched(alice), usual);
    }
  });
});
