import assert from "node:assert/strict";
import type { Kept } from "../../src/protocol/events/redact.ts";
import { roomVersion, stableRoomVersions } from "../../src/protocol/room-versions/index.ts";
import type { RoomVersionRules } from "../../src/protocol/room-versions/rules.ts";
import { readVectors, specTest } from "../support/spec.ts";

type Flags = Readonly<Record<string, unknown>>;

interface Algorithm {
  readonly top_level_keys: readonly string[];
  readonly content_keys: Readonly<Record<string, readonly string[] | "*">>;
  readonly content_nested_keys?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

interface Vectors {
  readonly versions: Readonly<Record<string, Flags>>;
  readonly redaction_algorithms: Readonly<Record<string, Algorithm>>;
}

/** Our rules in the words of the table. */
const flagsOf = (rules: RoomVersionRules): Flags => ({
  stable: rules.stable,
  state_resolution: rules.stateResolution,
  event_id_format: {
    opaque: "opaque:domain",
    "hash-base64": "reference hash, unpadded base64",
    "hash-url-safe-base64": "reference hash, URL-safe unpadded base64",
  }[rules.eventIdFormat],
  event_id_in_pdu: rules.eventIdFormat === "opaque",
  signature_of_event_id_domain_required: rules.eventIdFormat === "opaque",
  auth_prev_events_format:
    rules.eventReferences === "pairs" ? '[[event_id, {"sha256": hash}], ...]' : "[event_id, ...]",
  aliases_auth_rule: rules.aliasesRule,
  redaction_checked_in_auth_rules: rules.redactionRule,
  notifications_checked_in_power_levels: rules.notificationsGuarded,
  strict_canonical_json: rules.strictCanonicalJson,
  enforce_signing_key_validity: rules.enforceKeyValidity,
  knock: rules.knock,
  restricted: rules.restricted,
  knock_restricted: rules.knockRestricted,
  integer_power_levels_only: rules.integerPowerLevels,
  creator_in_create_content_required: rules.creatorInContent,
  redacts_in_content: rules.redactsInContent,
  room_id_is_create_event_hash: rules.roomIdIsCreateHash,
  create_event_in_auth_events: rules.createEventInAuthEvents,
  privileged_creators: rules.creatorsHaveInfinitePower,
});

specTest("every room version of the text is known, and follows its table", () => {
  const { versions }: Vectors = readVectors("room-versions");
  assert.deepEqual(stableRoomVersions, Object.keys(versions));
  for (const [version, flags] of Object.entries(versions)) {
    const rules = roomVersion(version);
    assert(rules, version);
    assert.partialDeepStrictEqual(flags, flagsOf(rules), `room version ${version}`);
  }
});

specTest("redactions leave the members of the text", () => {
  const { versions, redaction_algorithms: algorithms }: Vectors = readVectors("room-versions");
  for (const [version, flags] of Object.entries(versions)) {
    const rules = roomVersion(version);
    const algorithm = algorithms[String(flags["redaction_algorithm"])];
    assert(rules && algorithm, version);
    assert.deepEqual(new Set(rules.redaction.members), new Set(algorithm.top_level_keys), `room version ${version}`);
    assert.deepEqual(rules.redaction.content, keptBy(algorithm), `room version ${version}`);
  }
});

/** What the table says is left of contents, in the form of our rules. */
function keptBy(algorithm: Algorithm): ReadonlyMap<string, Kept> {
  const kept = new Map<string, Kept>();
  for (const [type, names] of Object.entries(algorithm.content_keys)) {
    const nested = Object.entries(algorithm.content_nested_keys?.[type] ?? {});
    const inner = Object.fromEntries(nested.map(([name, innerNames]) => [name, all(innerNames)]));
    kept.set(type, names === "*" ? "all" : { ...all(names), ...inner });
  }
  return kept;
}

const all = (names: readonly string[]): Record<string, Kept> => Object.fromEntries(names.map((name) => [name, "all"]));
