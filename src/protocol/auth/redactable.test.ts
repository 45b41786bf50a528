import { test } from "node:test";
import { mayRedact } from "./redactable.ts";
import { alice, assertOutcome, assertOutcomes, bob, room } from "./testing.ts";

const redactionOf = (sender: string, targetSender: string, level: number) => (version: string) => {
  const made = room(version).levels({ redact: 50, users: { [sender]: level } });
  const pair = {
    redaction: made.event({ type: "m.room.redaction", sender }),
    target: made.event({ sender: targetSender }),
  };
  return mayRedact(pair, made.authState(), made.rules);
};

test("a redaction takes effect with the redact level", () => {
  assertOutcomes({ "1-12": "allowed" }, redactionOf(bob, alice, 50));
});

test("a redaction takes effect on events of the sender's server", () => {
  assertOutcomes({ "1-12": "allowed" }, redactionOf(bob, "@other:two.example", 0));
});

test("any other takes none since version 3; before, the authorisation rules have decided", () => {
  const refused = ["redactable.level", /@bob.* level 49; .* takes 50/] as const;
  assertOutcomes({ "1-2": "allowed", "3-12": refused }, redactionOf(bob, alice, 49));
});

test("nothing in another room is redacted", () => {
  const made = room("11");
  const target = { ...made.event({}), roomId: "!other:one.example" };
  assertOutcome(mayRedact({ redaction: made.event({}), target }, made.authState(), made.rules), [
    "redactable.room",
    /not in the room/,
  ]);
});
