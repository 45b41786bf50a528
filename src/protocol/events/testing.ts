// Builders for tests: a key that is always the same, and events that are whole but for what the test cares about.

import assert from "node:assert/strict";
import { roomVersion, roomVersions } from "../room-versions/index.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { makeSigningKey } from "../signing/crypto.ts";
import { type BuiltEvent, buildEvent, type EventDraft, type EventReference } from "./build.ts";

export const signer = { serverName: "one.example", key: makeSigningKey(new Uint8Array(32).fill(1), "ed25519:a") };
export const otherSigner = { serverName: "two.example", key: makeSigningKey(new Uint8Array(32).fill(2), "ed25519:b") };

export const versions = [...roomVersions.keys()];

export function rulesOf(version: string): RoomVersionRules {
  const rules = roomVersion(version);
  assert(rules, `room version ${version} is known`);
  return rules;
}

/** A message of Alice, unless `parts` say otherwise. */
export function draftOf(parts: Partial<EventDraft> = {}): EventDraft {
  return {
    roomId: "!room:one.example",
    type: "m.room.message",
    sender: "@alice:one.example",
    content: { msgtype: "m.text", body: "Hello" },
    prevEvents: [referenceTo("previous")],
    authEvents: [referenceTo("create"), referenceTo("membership")],
    depth: 3,
    originServerTs: 1_000_000,
    eventId: "$event:one.example",
    ...parts,
  };
}

export const referenceTo = (name: string): EventReference => ({ eventId: `$${name}`, hash: `hash-of-${name}` });

export const build = (version: string, parts: Partial<EventDraft> = {}): BuiltEvent =>
  buildEvent(draftOf(parts), rulesOf(version), signer);
