import assert from "node:assert/strict";
import { test } from "node:test";
import { txnKeyOf } from "./client-event.ts";
import { ageHole, EventTemplate, membershipHole, ownHole, transactionHole } from "./event-template.ts";

const phone = { userId: "@alice:test", deviceId: "PHONE" };
const tablet = { userId: "@alice:test", deviceId: "TABLET" };

test("a template is filled for each viewer, and has the transaction ID for the device that sent the event alone", () => {
  const key = txnKeyOf(phone, "send", 'a "quoted": one');
  const text = `{"age":${ageHole(1_000)}${transactionHole(key)},"was":"${membershipHole("a")}","is":"${membershipHole("b")}","mine":${ownHole(7)}}`;
  const template = new EventTemplate(text);
  const memberships = new Map([["b", "join"]] as const);
  const filled = (viewer: typeof phone): unknown =>
    JSON.parse(
      template.filledWith({
        viewer,
        now: 1_500,
        memberships,
        own: (about) => JSON.stringify([viewer.deviceId, about]),
      }),
    );
  const forBoth = { age: 500, was: "leave", is: "join" };
  assert.deepEqual(filled(phone), { ...forBoth, transaction_id: 'a "quoted": one', mine: ["PHONE", 7] });
  assert.deepEqual(filled(tablet), { ...forBoth, mine: ["TABLET", 7] });
  assert.deepEqual(template.roots, new Set(["a", "b"]));
  assert.ok(template.size >= text.length);
});

test("text without holes stays as it is", () => {
  const filling = { viewer: phone, now: 0, memberships: new Map(), own: () => "" };
  assert.equal(new EventTemplate("").filledWith(filling), "");
  assert.equal(new EventTemplate("{}").filledWith(filling), "{}");
});
