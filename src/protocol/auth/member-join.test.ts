import { describe, test } from "node:test";
import { alice, assertOutcomes, bob, carol, creator, room, type TestRoom } from "./testing.ts";

const closed = (joinRule: string) => ["member.join.join-rule", new RegExp(`"${joinRule}" lets nobody join`)] as const;

const joinTo = (enter: (version: string) => TestRoom, joinRule: string) => (version: string) =>
  enter(version).joinRule(joinRule).check(room(version).membership("join", bob));

const vouched = (version: string, joinRule: string, authoriser: string) =>
  room(version)
    .with(alice)
    .levels({ users: { [alice]: 50 }, invite: 50 })
    .joinRule(joinRule)
    .check(room(version).membership("join", bob, bob, { join_authorised_via_users_server: authoriser }));

describe("join", () => {
  test("the creator's join behind the create event is allowed although nobody is invited", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) => {
      const begun = room(version).left(creator);
      return begun.check({
        type: "m.room.member",
        stateKey: creator,
        content: { membership: "join" },
        previous: ["$create"],
      });
    });
  });

  test("the creator's join is like any other when anything lies between", () => {
    const left = ["member.join.not-invited", /not invited/] as const;
    for (const previous of [["$other"], ["$create", "$other"]]) {
      assertOutcomes({ "1-12": left }, (version) =>
        room(version)
          .left(creator)
          .check({ type: "m.room.member", stateKey: creator, content: { membership: "join" }, previous }),
      );
    }
  });

  test("nobody but the creator may join behind the create event", () => {
    assertOutcomes({ "1-12": ["member.join.not-invited", /@bob/] }, (version) =>
      room(version, { additional_creators: [bob] }).check({
        type: "m.room.member",
        sender: bob,
        stateKey: bob,
        content: { membership: "join" },
        previous: ["$create"],
      }),
    );
  });

  test("until version 10 the creator is whom the content names, then the sender", () => {
    const refused = ["member.join.not-invited", /@creator/] as const;
    assertOutcomes({ "1-10": refused, "11-12": "allowed" }, (version) =>
      room(version, { creator: alice })
        .left(creator)
        .check({ type: "m.room.member", stateKey: creator, content: { membership: "join" }, previous: ["$create"] }),
    );
  });

  test("nobody can join for another", () => {
    assertOutcomes({ "1-12": ["member.join.other", /@alice.* cannot join for @bob/] }, (version) => {
      const open = room(version).with(alice).joinRule("public");
      return open.check(open.membership("join", alice, bob));
    });
  });

  test("the banned cannot join, whatever the join rule", () => {
    for (const joinRule of ["public", "invite", "restricted"]) {
      assertOutcomes({ "1-12": ["member.join.banned", /@bob.* is banned/] }, (version) => {
        const open = room(version).banned(bob).joinRule(joinRule);
        return open.check(open.membership("join", bob));
      });
    }
  });

  test("everybody may join a public room", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) => {
      const open = room(version).joinRule("public");
      return open.check(open.membership("join", bob));
    });
  });

  test("a room without a join rule is for the invited", () => {
    assertOutcomes({ "1-12": ["member.join.not-invited", /@bob.* is not invited/] }, (version) =>
      room(version).check(room(version).membership("join", bob)),
    );
  });

  test("an unknown join rule lets not even the invited join", () => {
    for (const joinRule of ["private", "unheard-of"]) {
      assertOutcomes({ "1-12": ["member.join.join-rule", new RegExp(`"${joinRule}"`)] }, (version) => {
        const made = room(version).invited(bob).joinRule(joinRule);
        return made.check(made.membership("join", bob));
      });
    }
  });

  for (const [membership, enter] of [
    ["the invited", (version: string) => room(version).invited(bob)],
    ["those in the room already", (version: string) => room(version).with(bob)],
  ] as const) {
    test(`${membership} may join by the join rules that the room version knows`, () => {
      assertOutcomes({ "1-12": "allowed" }, joinTo(enter, "invite"));
      assertOutcomes({ "1-6": closed("knock"), "7-12": "allowed" }, joinTo(enter, "knock"));
      assertOutcomes({ "1-7": closed("restricted"), "8-12": "allowed" }, joinTo(enter, "restricted"));
      assertOutcomes({ "1-9": closed("knock_restricted"), "10-12": "allowed" }, joinTo(enter, "knock_restricted"));
    });
  }

  test("who only knocked may not join", () => {
    assertOutcomes({ "1-6": closed("knock"), "7-12": ["member.join.not-invited", /@bob/] }, (version) => {
      const knocked = room(version).knocking(bob).joinRule("knock");
      return knocked.check(knocked.membership("join", bob));
    });
  });

  describe("for which a member vouches", () => {
    test("is allowed by the restricted join rules", () => {
      assertOutcomes({ "1-7": closed("restricted"), "8-12": "allowed" }, (v) => vouched(v, "restricted", alice));
      assertOutcomes({ "1-9": closed("knock_restricted"), "10-12": "allowed" }, (v) =>
        vouched(v, "knock_restricted", alice),
      );
    });

    test("needs somebody who does", () => {
      assertOutcomes(
        { "1-7": closed("restricted"), "8-12": ["member.join.not-authorised", /nobody vouches/] },
        (version) => {
          const restricted = room(version).with(alice).joinRule("restricted");
          return restricted.check(restricted.membership("join", bob));
        },
      );
    });

    test("needs one who is in the room", () => {
      assertOutcomes(
        { "1-7": closed("restricted"), "8-12": ["member.join.authoriser-not-joined", /@carol.* not in the room/] },
        (version) => vouched(version, "restricted", carol),
      );
    });

    test("needs one who may invite", () => {
      assertOutcomes(
        { "1-7": closed("restricted"), "8-12": ["member.join.authoriser-level", /@alice.* may not invite/] },
        (version) =>
          room(version)
            .with(alice)
            .levels({ invite: 50 })
            .joinRule("restricted")
            .check(room(version).membership("join", bob, bob, { join_authorised_via_users_server: alice })),
      );
    });

    test("is no way into a room that is not restricted", () => {
      assertOutcomes({ "1-12": ["member.join.not-invited", /@bob/] }, (version) => vouched(version, "invite", alice));
    });
  });
});
