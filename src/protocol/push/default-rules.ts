// The rules that a server gives to every account, newest version and v1.4. Data: a test compares them with the text.

import type { JsonObject, JsonValue } from "../json/json.ts";
import { ownLocalpart, ownUserId, type PushRuleJson, type PushRulesetJson } from "./ruleset.ts";

const soundDefault: JsonObject = { set_tweak: "sound", value: "default" };
const soundRing: JsonObject = { set_tweak: "sound", value: "ring" };
const highlight: JsonObject = { set_tweak: "highlight" };

const matches = (key: string, pattern: string): JsonObject => ({ kind: "event_match", key, pattern });
const isOfType = (type: string): JsonObject => matches("type", type);
const memberCountIs = (is: string): JsonObject => ({ kind: "room_member_count", is });
const senderMayNotify = (key: string): JsonObject => ({ kind: "sender_notification_permission", key });

const rule = (
  name: string,
  conditions: readonly JsonObject[],
  actions: readonly JsonValue[],
  enabled = true,
): PushRuleJson => ({ rule_id: `.m.rule.${name}`, default: true, enabled, conditions, actions });

const inviteForMe = rule(
  "invite_for_me",
  [isOfType("m.room.member"), matches("content.membership", "invite"), matches("state_key", ownUserId)],
  ["notify", soundDefault],
);

const tombstone = rule("tombstone", [isOfType("m.room.tombstone"), matches("state_key", "")], ["notify", highlight]);

const serverAcl = rule("room.server_acl", [isOfType("m.room.server_acl"), matches("state_key", "")], []);

const underride: readonly PushRuleJson[] = [
  rule("call", [isOfType("m.call.invite")], ["notify", soundRing]),
  rule("encrypted_room_one_to_one", [memberCountIs("2"), isOfType("m.room.encrypted")], ["notify", soundDefault]),
  rule("room_one_to_one", [memberCountIs("2"), isOfType("m.room.message")], ["notify", soundDefault]),
  rule("message", [isOfType("m.room.message")], ["notify"]),
  rule("encrypted", [isOfType("m.room.encrypted")], ["notify"]),
];

/**
 * The rules of the newest version: mentions are what `m.mentions` says (since v1.7), and the rules that searched the body
 * are gone (v1.17).
 * @see https://spec.matrix.org/v1.19/client-server-api/#predefined-rules
 */
export const defaultPushRules: PushRulesetJson = {
  override: [
    rule("master", [], [], false),
    rule("suppress_notices", [matches("content.msgtype", "m.notice")], []),
    inviteForMe,
    rule("member_event", [isOfType("m.room.member")], []),
    rule(
      "is_user_mention",
      [{ kind: "event_property_contains", key: "content.m\\.mentions.user_ids", value: ownUserId }],
      ["notify", soundDefault, highlight],
    ),
    rule(
      "is_room_mention",
      [{ kind: "event_property_is", key: "content.m\\.mentions.room", value: true }, senderMayNotify("room")],
      ["notify", highlight],
    ),
    tombstone,
    rule("reaction", [isOfType("m.reaction")], []),
    serverAcl,
    rule(
      "suppress_edits",
      [{ kind: "event_property_is", key: "content.m\\.relates_to.rel_type", value: "m.replace" }],
      [],
    ),
  ],
  content: [],
  room: [],
  sender: [],
  underride,
};

/**
 * The rules of v1.4, with the action that did nothing.
 * @see https://spec.matrix.org/v1.4/client-server-api/#predefined-rules
 */
export const defaultPushRulesV1_4: PushRulesetJson = {
  override: [
    rule("master", [], ["dont_notify"], false),
    rule("suppress_notices", [matches("content.msgtype", "m.notice")], ["dont_notify"]),
    inviteForMe,
    rule("member_event", [isOfType("m.room.member")], ["dont_notify"]),
    rule("contains_display_name", [{ kind: "contains_display_name" }], ["notify", soundDefault, highlight]),
    tombstone,
    serverAcl,
    rule("roomnotif", [matches("content.body", "@room"), senderMayNotify("room")], ["notify", highlight]),
  ],
  content: [
    {
      rule_id: ".m.rule.contains_user_name",
      default: true,
      enabled: true,
      pattern: ownLocalpart,
      actions: ["notify", soundDefault, highlight],
    },
  ],
  room: [],
  sender: [],
  underride,
};

/**
 * For accounts whose contacts use clients that do not yet send `m.mentions`: the newest rules, and after the mentions
 * those of v1.4 that search the body. They do not apply to events with `m.mentions`, as v1.7 to v1.16 had it.
 * @see https://spec.matrix.org/v1.7/client-server-api/#predefined-rules
 */
export const defaultPushRulesWithLegacyMentions: PushRulesetJson = {
  ...defaultPushRules,
  override: defaultPushRules.override.flatMap((each) => {
    if (each.rule_id === ".m.rule.is_room_mention") return [each, legacyOf("roomnotif")];
    if (each.rule_id === ".m.rule.is_user_mention") return [each, legacyOf("contains_display_name")];
    return [each];
  }),
  content: defaultPushRulesV1_4.content,
};

function legacyOf(name: string): PushRuleJson {
  const found = defaultPushRulesV1_4.override.find((each) => each.rule_id === `.m.rule.${name}`);
  if (found === undefined) throw new TypeError(`There is no rule ${name} in v1.4`);
  return found;
}
