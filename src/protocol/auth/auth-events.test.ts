import { describe, test } from "node:test";
import type { RoomEvent } from "../events/pdu.ts";
import { checkAuthEvents } from "./auth-events.ts";
import { alice, assertOutcomes, bob, room, type TestRoom } from "./testing.ts";

const accepted = (events: readonly RoomEvent[]) => events.map((event) => ({ event, isRejected: false }));

/** A room with the events that a message of alice's refers to. */
function roomWithAuthEvents(version: string) {
  const made = room(version);
  const member = made.membership("join", alice);
  const levels = made.event({ type: "m.room.power_levels", stateKey: "" });
  const create = made.rules.createEventInAuthEvents ? [made.create] : [];
  return { made, member, levels, all: [...create, levels, member] };
}

const checkMessage = (made: TestRoom, events: readonly RoomEvent[]) =>
  checkAuthEvents(made.event({ sender: alice }), accepted(events), made.rules);

const vouchedFor =
  (signatures: object | undefined, membership = "join") =>
  (version: string) => {
    const { made, all } = roomWithAuthEvents(version);
    const content = { membership, join_authorised_via_users_server: bob };
    const pdu = signatures === undefined ? {} : { signatures: JSON.parse(JSON.stringify(signatures)) };
    const event = made.event({ type: "m.room.member", sender: alice, stateKey: alice, content, pdu });
    return checkAuthEvents(event, accepted(all), made.rules);
  };

describe("auth events", () => {
  test("are those of the selection, or some of them", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) => {
      const { made, all } = roomWithAuthEvents(version);
      return checkMessage(made, all);
    });
    assertOutcomes({ "1-12": "allowed" }, (version) => {
      const { made, all, levels } = roomWithAuthEvents(version);
      return checkMessage(
        made,
        all.filter((event) => event !== levels),
      );
    });
  });

  test("do not state anything twice", () => {
    assertOutcomes({ "1-12": ["auth-events.duplicate", /m.room.member.*@alice/] }, (version) => {
      const { made, all } = roomWithAuthEvents(version);
      return checkMessage(made, [...all, made.membership("leave", alice)]);
    });
  });

  test("are no others than the selection's", () => {
    assertOutcomes({ "1-12": ["auth-events.unexpected", /@bob/] }, (version) => {
      const { made, all } = roomWithAuthEvents(version);
      return checkMessage(made, [...all, made.membership("join", bob)]);
    });
    assertOutcomes({ "1-12": ["auth-events.unexpected", /m.room.message/] }, (version) => {
      const { made, all } = roomWithAuthEvents(version);
      return checkMessage(made, [...all, made.event({})]);
    });
  });

  test("hold the create event until version 11, and never since", () => {
    assertOutcomes({ "1-11": ["auth-events.create", /create event is not among/], "12": "allowed" }, (version) => {
      const { made, levels, member } = roomWithAuthEvents(version);
      return checkMessage(made, [levels, member]);
    });
    assertOutcomes({ "1-11": "allowed", "12": ["auth-events.unexpected", /m.room.create/] }, (version) => {
      const { made, levels, member } = roomWithAuthEvents(version);
      return checkMessage(made, [made.create, levels, member]);
    });
  });

  test("were not rejected", () => {
    assertOutcomes({ "1-12": ["auth-events.rejected", /was rejected/] }, (version) => {
      const { made, all, levels } = roomWithAuthEvents(version);
      const marked = all.map((event) => ({ event, isRejected: event === levels }));
      return checkAuthEvents(made.event({ sender: alice }), marked, made.rules);
    });
  });

  test("are of the same room", () => {
    assertOutcomes({ "1-12": ["auth-events.room", /of another room/] }, (version) => {
      const { made, all, member } = roomWithAuthEvents(version);
      return checkMessage(
        made,
        all.map((event) => (event === member ? { ...member, roomId: "!other:one.example" } : event)),
      );
    });
  });

  test("do not matter to a create event", () => {
    assertOutcomes({ "1-12": "allowed" }, (version) => checkAuthEvents(room(version).create, [], room(version).rules));
  });
});

describe("a membership for which somebody vouches", () => {
  const refused = { "1-7": "allowed", "8-12": ["member.authoriser-signature", /@bob.* has not signed/] } as const;

  test("since version 8 is signed by the server of who does", () => {
    assertOutcomes({ "1-12": "allowed" }, vouchedFor({ "two.example": { "ed25519:1": "x" }, "one.example": {} }));
    assertOutcomes(refused, vouchedFor({ "one.example": { "ed25519:1": "x" } }));
    assertOutcomes(refused, vouchedFor(undefined));
    assertOutcomes(refused, vouchedFor(undefined, "leave"));
  });
});
