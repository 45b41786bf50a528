import { test } from "node:test";
import { assertOutcome, assertOutcomes, creator, room } from "./testing.ts";

const createEvent = (version: string) => room(version).create;

const withoutVersion = (version: string) => {
  const create = createEvent(version);
  return room(version).check({ ...create, pdu: { ...create.pdu, content: { creator } } });
};

const withOthers = (others: unknown) => (version: string) =>
  room(version).check(room(version, JSON.parse(JSON.stringify({ additional_creators: others }))).create);

test("a create event of the room's own version is allowed", () => {
  assertOutcomes({ "1-12": "allowed" }, (version) => room(version).check(createEvent(version)));
});

test("a create event with previous events is refused", () => {
  assertOutcomes({ "1-12": ["create.prev-events", /no previous events/] }, (version) => {
    const create = createEvent(version);
    return room(version).check({ ...create, pdu: { ...create.pdu, prev_events: ["$other"] } });
  });
});

test("a create event may name its room until version 11", () => {
  assertOutcomes({ "1-11": "allowed", "12": ["create.room-id", /names no room/] }, (version) => {
    const create = createEvent(version);
    return room(version).check({ ...create, pdu: { ...create.pdu, room_id: create.roomId } });
  });
});

test("a room belongs to the server of whoever makes it until version 11", () => {
  const elsewhere = ["create.room-id-domain", /!room:one.example does not belong to the server of @mallory/] as const;
  assertOutcomes({ "1-11": elsewhere, "12": "allowed" }, (version) => {
    const create = createEvent(version);
    return room(version).check({ ...create, pdu: { ...create.pdu, sender: "@mallory:two.example" } });
  });
});

test("a create event of an unknown or another room version is refused", () => {
  assertOutcomes({ "1-12": ["create.room-version", /"unheard-of" is not/] }, (version) =>
    room(version).check(room(version, { room_version: "unheard-of" }).create),
  );
  assertOutcome(room("11").check(room("11", { room_version: 11 }).create), ["create.room-version", /11 is not 11/]);
});

test("a create event that states no room version makes a room of version 1", () => {
  assertOutcomes({ "1": "allowed", "2-12": ["create.room-version", /"1" is not/] }, withoutVersion);
});

test("a create event names the creator until version 10", () => {
  assertOutcomes({ "1-10": ["create.creator", /names a creator/], "11-12": "allowed" }, (version) => {
    const create = createEvent(version);
    return room(version).check({ ...create, pdu: { ...create.pdu, content: { room_version: version } } });
  });
});

test("additional creators are a list of user IDs in version 12, and nobody's business before", () => {
  const refused = ["create.additional-creators", /list of user IDs/] as const;

  assertOutcomes({ "1-12": "allowed" }, withOthers(["@alice:one.example", "@:two.example"]));
  for (const wrong of ["@alice:one.example", {}, null, [1], ["alice"], ["@alice"], ["@alice:not a server"]]) {
    assertOutcomes({ "1-11": "allowed", "12": refused }, withOthers(wrong));
  }
});
