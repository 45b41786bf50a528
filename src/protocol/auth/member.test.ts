import { describe, test } from "node:test";
import type { JsonObject } from "../json/json.ts";
import { alice, assertOutcome, assertOutcomes, bob, carol, creator, room } from "./testing.ts";

const unknown = ["member.unknown", /no membership "knock"/] as const;
const invite = (version: string) => room(version).membership("invite", alice, bob);
const kick = (version: string) => room(version).membership("leave", alice, bob);
const unban = (levels: JsonObject) => (version: string) =>
  room(version).with(alice).banned(bob).levels(levels).check(kick(version));

const founded = () => room("12", { additional_creators: [alice, bob] }).with(alice, bob);
const ban = (version: string) => room(version).membership("ban", alice, bob);
const knock = (joinRule: string) => (version: string) =>
  room(version).joinRule(joinRule).check(room(version).membership("knock", bob));
const closed = (joinRule: string) => ["member.knock.join-rule", new RegExp(`"${joinRule}" lets nobody knock`)] as const;
const ownKnock = (version: string) => room(version).membership("knock", bob);
const closedTo = (rule: string, reason: RegExp) => ({ "1-6": unknown, "7-12": [rule, reason] }) as const;

describe("any membership", () => {
  test("needs a state key", () => {
    assertOutcomes({ "1-12": ["member.state-key", /state key/] }, (version) =>
      room(version).check({ type: "m.room.member", content: { membership: "join" } }),
    );
  });

  test("needs to be stated", () => {
    assertOutcomes({ "1-12": ["member.membership", /no membership/] }, (version) =>
      room(version).check({ type: "m.room.member", stateKey: creator }),
    );
  });

  test("must be known to the room version", () => {
    assertOutcomes({ "1-12": ["member.unknown", /no membership "lurk"/] }, (version) =>
      room(version).check(room(version).membership("lurk", bob)),
    );
    assertOutcome(room("11").check({ type: "m.room.member", stateKey: bob, sender: bob, content: { membership: 1 } }), [
      "member.unknown",
      /no membership 1/,
    ]);
  });

  test("takes no power to send state", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) => {
      const inRoom = room(version)
        .with(alice)
        .levels({ state_default: 100, events: { "m.room.member": 100 } });
      return inRoom.check(inRoom.membership("leave", alice));
    });
  });
});

describe("invite", () => {
  test("a member with the power to invite may do so, by default everybody", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) => room(version).with(alice).check(invite(version)));
    assertOutcomes({ "1-12": "allowed" }, (version) =>
      room(version)
        .with(alice)
        .left(bob)
        .levels({ invite: 10, users: { [alice]: 10 } })
        .check(invite(version)),
    );
  });

  test("the sender must be in the room", () => {
    assertOutcomes({ "1-12": ["member.invite.sender-not-joined", /@alice.* is not in the room/] }, (version) =>
      room(version).invited(alice).check(invite(version)),
    );
  });

  test("who is in the room cannot be invited", () => {
    assertOutcomes({ "1-12": ["member.invite.joined", /@bob.* already/] }, (version) =>
      room(version).with(alice, bob).check(invite(version)),
    );
  });

  test("who is banned cannot be invited", () => {
    assertOutcomes({ "1-12": ["member.invite.banned", /@bob.* is banned/] }, (version) =>
      room(version).with(alice).banned(bob).check(invite(version)),
    );
  });

  test("the sender must have the invite level", () => {
    assertOutcomes({ "1-12": ["member.invite.level", /@alice.* level 9; inviting takes 10/] }, (version) =>
      room(version)
        .with(alice)
        .levels({ invite: 10, users: { [alice]: 9 } })
        .check(invite(version)),
    );
  });
});

describe("leave", () => {
  test("who is in the room or invited may leave", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) =>
      room(version).with(bob).check(room(version).membership("leave", bob)),
    );
    assertOutcomes({ "1-12": "allowed" }, (version) =>
      room(version).invited(bob).check(room(version).membership("leave", bob)),
    );
  });

  test("since version 7 a knock can be taken back", () => {
    assertOutcomes({ "1-6": ["member.leave.not-there", /@bob/], "7-12": "allowed" }, (version) =>
      room(version).knocking(bob).check(room(version).membership("leave", bob)),
    );
  });

  test("who is gone, banned or never was there cannot leave", () => {
    const refused = { "1-12": ["member.leave.not-there", /@bob.* neither in the room nor invited/] } as const;
    assertOutcomes(refused, (version) => room(version).left(bob).check(room(version).membership("leave", bob)));
    assertOutcomes(refused, (version) => room(version).banned(bob).check(room(version).membership("leave", bob)));
    assertOutcomes(refused, (version) => room(version).check(room(version).membership("leave", bob)));
  });

  const levels = { users: { [alice]: 50, [bob]: 49 }, kick: 50, ban: 50 };

  test("a member with the kick level may remove who has less power", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) =>
      room(version).with(alice, bob).levels(levels).check(kick(version)),
    );
  });

  test("only who is in the room may remove others", () => {
    assertOutcomes({ "1-12": ["member.leave.sender-not-joined", /@alice/] }, (version) =>
      room(version).left(alice).with(bob).levels(levels).check(kick(version)),
    );
  });

  test("removing others takes the kick level", () => {
    assertOutcomes({ "1-12": ["member.leave.kick-level", /level 50; removing others takes 51/] }, (version) =>
      room(version)
        .with(alice, bob)
        .levels({ ...levels, kick: 51 })
        .check(kick(version)),
    );
  });

  test("nobody removes who has as much power", () => {
    assertOutcomes({ "1-12": ["member.leave.target-level", /@bob.* no less power than @alice/] }, (version) =>
      room(version)
        .with(alice, bob)
        .levels({ ...levels, users: { [alice]: 50, [bob]: 50 } })
        .check(kick(version)),
    );
  });

  test("lifting a ban takes the ban level and the kick level", () => {
    assertOutcomes({ "1-12": "allowed" }, unban(levels));
    assertOutcomes({ "1-12": ["member.leave.unban-level", /lifting a ban takes 51/] }, unban({ ...levels, ban: 51 }));
    assertOutcomes({ "1-12": ["member.leave.kick-level", /takes 51/] }, unban({ ...levels, kick: 51 }));
  });

  test("in version 12 nobody removes a creator, not even another one", () => {
    assertOutcome(founded().check(kick("12")), ["member.leave.target-level", /@bob/]);
    assertOutcome(
      founded()
        .with(carol)
        .check(room("12").membership("leave", alice, carol)),
      "allowed",
    );
  });
});

describe("ban", () => {
  const levels = { users: { [alice]: 50, [bob]: 49 }, ban: 50 };

  test("a member with the ban level may ban who has less power, in the room or not", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) =>
      room(version).with(alice, bob).levels(levels).check(ban(version)),
    );
    assertOutcomes({ "1-12": "allowed" }, (version) => room(version).with(alice).levels(levels).check(ban(version)));
  });

  test("only who is in the room may ban", () => {
    assertOutcomes({ "1-12": ["member.ban.sender-not-joined", /@alice/] }, (version) =>
      room(version).with(bob).levels(levels).check(ban(version)),
    );
  });

  test("banning takes the ban level", () => {
    assertOutcomes({ "1-12": ["member.ban.level", /level 50; banning takes 51/] }, (version) =>
      room(version)
        .with(alice, bob)
        .levels({ ...levels, ban: 51 })
        .check(ban(version)),
    );
  });

  test("nobody bans who has as much power", () => {
    assertOutcomes({ "1-12": ["member.ban.target-level", /@bob.* no less power than @alice/] }, (version) =>
      room(version)
        .with(alice, bob)
        .levels({ ...levels, users: { [alice]: 50, [bob]: 50 } })
        .check(ban(version)),
    );
  });
});

describe("knock", () => {
  test("is for rooms whose join rule says so, in versions that know it", () => {
    assertOutcomes({ "1-6": unknown, "7-12": "allowed" }, knock("knock"));
    assertOutcomes(
      { "1-6": unknown, "7-9": closed("knock_restricted"), "10-12": "allowed" },
      knock("knock_restricted"),
    );
    for (const joinRule of ["public", "invite", "restricted"]) {
      assertOutcomes({ "1-6": unknown, "7-12": closed(joinRule) }, knock(joinRule));
    }
  });

  test("nobody can knock for another", () => {
    assertOutcomes({ "1-6": unknown, "7-12": ["member.knock.other", /@alice.* cannot knock for @bob/] }, (version) =>
      room(version)
        .joinRule("knock")
        .check(room(version).membership("knock", alice, bob)),
    );
  });

  test("the banned, the invited and members cannot knock", () => {
    assertOutcomes(closedTo("member.knock.banned", /is banned/), (v) =>
      room(v).joinRule("knock").banned(bob).check(ownKnock(v)),
    );
    assertOutcomes(closedTo("member.knock.invited", /invited already/), (v) =>
      room(v).joinRule("knock").invited(bob).check(ownKnock(v)),
    );
    assertOutcomes(closedTo("member.knock.joined", /already/), (v) =>
      room(v).joinRule("knock").with(bob).check(ownKnock(v)),
    );
  });

  test("who left or knocked before may knock again", () => {
    assertOutcomes({ "1-6": unknown, "7-12": "allowed" }, (version) =>
      room(version).joinRule("knock").left(bob).check(room(version).membership("knock", bob)),
    );
    assertOutcomes({ "1-6": unknown, "7-12": "allowed" }, (version) =>
      room(version).joinRule("knock").knocking(bob).check(room(version).membership("knock", bob)),
    );
  });
});
