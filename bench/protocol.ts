// Microseconds per event for what every event costs at least: `node bench/protocol.ts`. Checks by the authorisation
// rules have a benchmark of their own, `bench/auth.ts`.

import { buildEvent, type EventDraft } from "../src/protocol/events/build.ts";
import { checkContentHash, eventIdOf } from "../src/protocol/events/hashes.ts";
import { signer, rulesOf } from "../src/protocol/events/testing.ts";
import { verifyEvent } from "../src/protocol/events/sign.ts";
import { canonicalJson } from "../src/protocol/json/canonical.ts";
import { parseJsonWithNumbers } from "../src/protocol/json/parse.ts";

const rounds = 20_000;
const rules = rulesOf("11");

const messageOf = (body: string): EventDraft => ({
  roomId: "!abcdefghijklmnopqr:one.example",
  type: "m.room.message",
  sender: "@alice:one.example",
  content: { msgtype: "m.text", body, "m.mentions": {} },
  depth: 1234,
  originServerTs: 1_700_000_000_000,
  prevEvents: [reference("a")],
  authEvents: [reference("b"), reference("c"), reference("d")],
});

for (const [name, body] of [
  ["typical", "Shall we meet at the usual place tomorrow? ".repeat(2)],
  ["with emoji", "Shall we meet at the usual place tomorrow? 😀 ".repeat(2)],
  ["10 kB", "Shall we meet at the usual place tomorrow? ".repeat(240)],
] as const) {
  const draft = messageOf(body);
  const { pdu, json } = buildEvent(draft, rules, signer);
  measure(`${name}: build (hash, sign, write)`, () => buildEvent(draft, rules, signer));
  measure(`${name}: canonical JSON`, () => canonicalJson(pdu));
  measure(`${name}: parse`, () => parseJsonWithNumbers(json));
  measure(`${name}: event ID`, () => eventIdOf(pdu, rules));
  measure(`${name}: content hash`, () => checkContentHash(pdu));
  measure(`${name}: verify`, () => verifyEvent(pdu, rules, signer));
}

function reference(letter: string): { readonly eventId: string } {
  return { eventId: `$${letter.repeat(43)}` };
}

function measure(name: string, work: () => unknown): void {
  for (let round = 0; round < rounds / 10; round += 1) work();
  const start = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) work();
  const { user, system } = process.cpuUsage(start);
  console.log(`${name}: ${((user + system) / rounds).toFixed(2)} µs of CPU`);
}
