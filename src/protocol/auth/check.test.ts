import { describe, test } from "node:test";
import { alice, assertOutcome, assertOutcomes, bob, creator, room } from "./testing.ts";

const federated = (federate: boolean | string, sender: string) => (version: string) =>
  room(version, { "m.federate": federate }).with(alice, bob).check({ sender });

const setOwnState = (stateKey: string) => (version: string) =>
  room(version).with(bob).levels({ state_default: 0 }).check({ type: "m.location", sender: bob, stateKey });

const inviteAddress = (version: string, content: object) =>
  room(version)
    .with(bob)
    .levels({ state_default: 100, ...content })
    .check({ type: "m.room.third_party_invite", sender: bob, stateKey: "@token" });

const stateAliases = (stateKey: string | undefined) => (version: string) =>
  room(version).check({ type: "m.room.aliases", sender: bob, ...(stateKey === undefined ? {} : { stateKey }) });

const redact = (level: number, redacts: string) => (version: string) =>
  room(version)
    .with(bob)
    .levels({ redact: 50, users: { [bob]: level } })
    .check({ type: "m.room.redaction", sender: bob, eventId: "$redaction:two.example", pdu: { redacts } });

describe("the room", () => {
  test("has a create event", () => {
    assertOutcomes({ "1-12": ["room.create", /no create event/] }, (version) =>
      room(version).without("m.room.create").check({}),
    );
  });

  test("since version 12 its ID is that of its create event", () => {
    assertOutcomes({ "1-11": "allowed", "12": ["room.id", /\$create does not create the room !other/] }, (version) => {
      const made = room(version);
      return made.check({ ...made.event({}), roomId: "!other" });
    });
  });

  test("is for its creator's server alone when it is not federated", () => {
    assertOutcomes({ "1-12": ["room.federate", /closed to other servers/] }, federated(false, bob));
    assertOutcomes({ "1-12": "allowed" }, federated(false, alice));
    assertOutcomes({ "1-12": "allowed" }, federated(true, bob));
    assertOutcomes({ "1-12": "allowed" }, federated("false", bob));
  });

  test("that is not federated is closed to senders; whom they invite is not asked", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) => {
      const closed = room(version, { "m.federate": false });
      return closed.check(closed.membership("invite", creator, bob));
    });
  });
});

describe("the sender", () => {
  test("must be in the room", () => {
    const refused = { "1-12": ["sender.not-joined", /@bob.* is not in the room/] } as const;
    assertOutcomes(refused, (version) => room(version).check({ sender: bob }));
    assertOutcomes(refused, (version) => room(version).invited(bob).check({ sender: bob }));
    assertOutcomes(refused, (version) => room(version).banned(bob).check({ sender: bob }));
  });

  test("may send messages and, with power, state when the room states no levels", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) => room(version).with(bob).check({ sender: bob }));
    assertOutcomes({ "1-12": ["sender.level", /@bob.* level 0; sending m.room.topic takes 50/] }, (version) =>
      room(version).with(bob).check({ sender: bob, type: "m.room.topic", stateKey: "" }),
    );
    assertOutcomes({ "1-12": "allowed" }, (version) => room(version).check({ type: "m.room.topic", stateKey: "" }));
  });

  test("must have the level of the event's type", () => {
    assertOutcomes({ "1-12": ["sender.level", /level 4; sending m.poll takes 5/] }, (version) =>
      room(version)
        .with(bob)
        .levels({ events: { "m.poll": 5 }, users: { [bob]: 4 } })
        .check({ sender: bob, type: "m.poll" }),
    );
  });

  test("has infinite power as a creator in version 12, and what the levels say before", () => {
    assertOutcomes({ "1-11": ["sender.level", /@creator.* level 0; .* takes 1000/], "12": "allowed" }, (version) =>
      room(version).levels({ events_default: 1000 }).check({}),
    );
    assertOutcomes({ "1-11": ["sender.level", /@alice/], "12": "allowed" }, (version) =>
      room(version, { additional_creators: [alice] })
        .with(alice)
        .levels({ events_default: 1000 })
        .check({ sender: alice }),
    );
  });
});

test("state under a user's ID is that user's own", () => {
  assertOutcomes({ "1-12": "allowed" }, setOwnState(bob));
  assertOutcomes({ "1-12": "allowed" }, setOwnState("anything"));
  assertOutcomes({ "1-12": ["state-key.other-user", /@alice/] }, setOwnState(alice));
  assertOutcomes({ "1-12": ["state-key.other-user", /@ /] }, setOwnState("@"));
});

describe("an invite to an address", () => {
  test("takes the invite level and nothing else", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) => inviteAddress(version, { invite: 0 }));
    assertOutcomes({ "1-12": ["third-party-invite.level", /level 0; inviting takes 1/] }, (v) =>
      inviteAddress(v, { invite: 1 }),
    );
  });

  test("is by a member", () => {
    assertOutcomes({ "1-12": ["sender.not-joined", /@bob/] }, (version) =>
      room(version).check({ type: "m.room.third_party_invite", sender: bob, stateKey: "token" }),
    );
  });
});

describe("aliases", () => {
  const notJoined = ["sender.not-joined", /@bob/] as const;

  test("are any server's own until version 5, and state like any other since", () => {
    assertOutcomes({ "1-5": "allowed", "6-12": notJoined }, stateAliases("two.example"));
    assertOutcomes(
      { "1-5": ["aliases.domain", /does not belong to the server "one.example"/], "6-12": notJoined },
      stateAliases("one.example"),
    );
    assertOutcomes({ "1-5": ["aliases.state-key", /state key/], "6-12": notJoined }, stateAliases(undefined));
  });
});

describe("a redaction", () => {
  const tooLittle = ["redaction.level", /@bob.* level 49; .* takes 50/] as const;

  test("needs the redact level in versions 1 and 2, but for events of the same server", () => {
    assertOutcomes({ "1-12": "allowed" }, redact(50, "$event:one.example"));
    assertOutcomes({ "1-12": "allowed" }, redact(49, "$event:two.example"));
    assertOutcomes({ "1-2": tooLittle, "3-12": "allowed" }, redact(49, "$event:one.example"));
    assertOutcomes({ "1-2": tooLittle, "3-12": "allowed" }, redact(49, "$event"));
  });

  test("needs the level of its type in all versions", () => {
    assertOutcome(
      room("11")
        .with(bob)
        .levels({ events: { "m.room.redaction": 1 } })
        .check({ type: "m.room.redaction", sender: bob }),
      ["sender.level", /m.room.redaction takes 1/],
    );
  });
});

test("the power of the creator ends where the levels do not name them, before version 12", () => {
  assertOutcomes({ "1-11": ["sender.level", /@creator/], "12": "allowed" }, (version) =>
    room(version).levels({}).check({ type: "m.room.name", sender: creator, stateKey: "" }),
  );
});
