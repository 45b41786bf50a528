import assert from "node:assert/strict";
import { buildEvent, type EventDraft, type EventReference } from "../../src/protocol/events/build.ts";
import { checkEventFormat } from "../../src/protocol/events/format.ts";
import { checkContentHash, contentHash, referenceHash, roomEventOf } from "../../src/protocol/events/hashes.ts";
import type { PduJson } from "../../src/protocol/events/pdu.ts";
import { redact } from "../../src/protocol/events/redact.ts";
import { signEvent, signedTextOfEvent, verifyEvent } from "../../src/protocol/events/sign.ts";
import { rulesOf } from "../../src/protocol/events/testing.ts";
import { decodeBase64 } from "../../src/protocol/json/base64.ts";
import { canonicalJson } from "../../src/protocol/json/canonical.ts";
import type { JsonObject, JsonValue } from "../../src/protocol/json/json.ts";
import { makeSigningKey, type SigningKey } from "../../src/protocol/signing/crypto.ts";
import { signJson } from "../../src/protocol/signing/json.ts";
import { readVectors, specTest } from "../support/spec.ts";

interface EventVector {
  readonly room_version: string;
  readonly name: string;
  readonly event: PduJson;
  readonly redacted: JsonObject;
  readonly redacted_canonical_json_signed: string;
  readonly event_id?: string;
  readonly room_id?: string;
}

interface Vectors {
  readonly public_key: string;
  readonly events: readonly EventVector[];
  readonly request_auth: readonly { readonly request: JsonObject; readonly canonical: string; readonly sig: string }[];
}

const serverName = "domain";
const keyId = "ed25519:1";

/** Calls back with every event; failures name it. */
function eachEvent(check: (vector: EventVector, vectors: Vectors) => void): void {
  const vectors: Vectors = readVectors("event-hashes");
  assert.ok(vectors.events.length > 100);
  for (const vector of vectors.events) {
    try {
      check(vector, vectors);
    } catch (cause) {
      throw new Error(`${vector.name} in room version ${vector.room_version}`, { cause });
    }
  }
}

const ourKey = (): SigningKey =>
  makeSigningKey(decodeBase64(readVectors("signing").signing_key_seed) ?? new Uint8Array(), keyId);

specTest("redactions leave what they should of events of every room version", () => {
  eachEvent(({ room_version: version, event, redacted, redacted_canonical_json_signed: signedText }) => {
    assert.deepEqual(redact(event, rulesOf(version)), redacted);
    assert.equal(signedTextOfEvent(event, rulesOf(version)), signedText);
  });
});

specTest("formats, content hashes and signatures are found to be right", () => {
  eachEvent(({ room_version: version, event }, { public_key: publicKey }) => {
    const rules = rulesOf(version);
    assert.deepEqual(checkEventFormat(event, rules), { allowed: true });
    assert.deepEqual(checkContentHash(event), { allowed: true });
    assert.deepEqual(verifyEvent(event, rules, { serverName, key: { keyId, publicKey } }), { allowed: true });
  });
});

specTest("event IDs, and room IDs since version 12, follow from the hash", () => {
  eachEvent(({ room_version: version, event, event_id: eventId, room_id: roomId }) => {
    const made = roomEventOf(event, rulesOf(version));
    assert.equal(made.eventId, eventId ?? event["event_id"]);
    assert.equal(made.roomId, roomId ?? event["room_id"]);
    if (eventId !== undefined) assert.equal(eventId, `$${referenceHash(event, rulesOf(version))}`);
  });
});

specTest("events that we build get the same hashes and signatures", () => {
  const signer = { serverName, key: ourKey() };
  eachEvent(({ room_version: version, event }) => {
    const rules = rulesOf(version);
    const built = buildEvent(draftOf(event), rules, signer);
    // Events that we make have nothing of old times and nothing unsigned: hash and sign the others without that.
    const left = withoutOldMembers(event);
    const expected = signEvent({ ...left, hashes: { sha256: contentHash(left) } }, rules, signer);
    assert.deepEqual(built.pdu, expected);
    assert.equal(built.json, canonicalJson(expected));
  });
});

specTest("requests are signed as other servers do", () => {
  const { request_auth: requests }: Vectors = readVectors("event-hashes");
  const key = ourKey();
  for (const { request, canonical, sig } of requests) {
    assert.equal(canonicalJson(request), canonical);
    assert.deepEqual(signJson(request, serverName, key).signatures, { [serverName]: { [keyId]: sig } });
  }
});

function withoutOldMembers(event: PduJson): PduJson {
  const { origin: _origin, membership: _membership, prev_state: _prevState, ...rest } = event;
  const { unsigned: _unsigned, signatures: _signatures, ...left } = rest;
  return left;
}

function draftOf(event: PduJson): EventDraft {
  return {
    roomId: textOf(event["room_id"]) ?? "",
    type: event.type,
    sender: event.sender,
    content: event.content,
    depth: event.depth,
    originServerTs: event.origin_server_ts,
    prevEvents: event.prev_events.map(referenceOf),
    authEvents: event.auth_events.map(referenceOf),
    ...defined("eventId", event["event_id"]),
    ...defined("stateKey", event["state_key"]),
    ...defined("redacts", event["redacts"]),
  };
}

const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);

const defined = (name: "eventId" | "stateKey" | "redacts", value: JsonValue | undefined): Partial<EventDraft> =>
  typeof value === "string" ? { [name]: value } : {};

/** All hashes of the vectors are `x`. */
function referenceOf(reference: JsonValue): EventReference {
  const [eventId] = Array.isArray(reference) ? reference : [reference];
  return { eventId: textOf(eventId) ?? "", hash: "x" };
}
