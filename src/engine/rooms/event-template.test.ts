import assert from "node:assert/strict";
import { test } from "node:test";
import { txnKeyOf } from "./client-event.ts";
import { ageHole, EventTemplate, ownHole, transactionHole } from "./event-template.ts";

const phone = { userId: "@alice:test", deviceId: "PHONE" };
const tablet = { userId: "@alice:test", deviceId: "TABLET" };

test("a template is filled for each viewer, and has the transaction ID for the device that sent the event alone", () => {
  const key = txnKeyOf(phone, "send", 'a "quoted": one');
  const text = `{"age":${ageHole(1_000)}${transactionHole(key)},"mine":${ownHole(7)}}`;
  const template = new EventTemplate(text);
  const filled = (viewer: typeof phone): unknown =>
    JSON.parse(template.filledWith({ viewer, now: 1_500, own: (about) => JSON.stringify([viewer.deviceId, about]) }));
  assert.deepEqual(filled(phone), { age: 500, transaction_id: 'a "quoted": one', mine: ["PHONE", 7] });
  assert.deepEqual(filled(tablet), { age: 500, mine: ["TABLET", 7] });
  assert.ok(template.size >= text.length);
});

test("text without holes stays as it is", () => {
  assert.equal(new EventTemplate("").filledWith({ viewer: phone, now: 0, own: () => "" }), "");
  assert.equal(new EventTemplate("{}").filledWith({ viewer: phone, now: 0, own: () => "" }), "{}");
});
