// What redactions leave of events. Five sets of rules serve the twelve room versions; each states what it changes.

import type { Kept, RedactionRules } from "../events/redact.ts";

/** @see https://spec.matrix.org/v1.19/rooms/v1/#redactions */
export const redactionV1: RedactionRules = {
  members: [
    "event_id",
    "type",
    "room_id",
    "sender",
    "state_key",
    "content",
    "hashes",
    "signatures",
    "depth",
    "prev_events",
    "prev_state",
    "auth_events",
    "origin",
    "origin_server_ts",
    "membership",
  ],
  content: new Map<string, Kept>([
    ["m.room.member", all("membership")],
    ["m.room.create", all("creator")],
    ["m.room.join_rules", all("join_rule")],
    [
      "m.room.power_levels",
      all("ban", "events", "events_default", "kick", "redact", "state_default", "users", "users_default"),
    ],
    ["m.room.aliases", all("aliases")],
    ["m.room.history_visibility", all("history_visibility")],
  ]),
};

/**
 * Nothing is left of `m.room.aliases`.
 * @see https://spec.matrix.org/v1.19/rooms/v6/#redactions
 */
export const redactionV6: RedactionRules = {
  ...redactionV1,
  content: new Map([...redactionV1.content].filter(([type]) => type !== "m.room.aliases")),
};

/**
 * `allow` of the join rules is left.
 * @see https://spec.matrix.org/v1.19/rooms/v8/#redactions
 */
export const redactionV8: RedactionRules = {
  ...redactionV6,
  content: new Map([...redactionV6.content, ["m.room.join_rules", all("join_rule", "allow")]]),
};

/**
 * Of memberships, who vouched for a restricted join is left.
 * @see https://spec.matrix.org/v1.19/rooms/v9/#redactions
 */
export const redactionV9: RedactionRules = {
  ...redactionV8,
  content: new Map([...redactionV8.content, ["m.room.member", all("membership", "join_authorised_via_users_server")]]),
};

/**
 * Three members of old times go. The create event stays whole; so do `invite` of the power levels, `redacts`, and of an
 * invitation by e-mail what was signed.
 * @see https://spec.matrix.org/v1.19/rooms/v11/#redactions
 */
export const redactionV11: RedactionRules = {
  members: redactionV9.members.filter((name) => !["prev_state", "origin", "membership"].includes(name)),
  content: new Map<string, Kept>([
    ...redactionV9.content,
    ["m.room.create", "all"],
    ["m.room.member", { ...all("membership", "join_authorised_via_users_server"), third_party_invite: all("signed") }],
    [
      "m.room.power_levels",
      all("ban", "events", "events_default", "invite", "kick", "redact", "state_default", "users", "users_default"),
    ],
    ["m.room.redaction", all("redacts")],
  ]),
};

function all(...names: readonly string[]): Readonly<Record<string, "all">> {
  return Object.fromEntries(names.map((name) => [name, "all"]));
}
