import type { JsonObject } from "../../protocol/json/json.ts";
import { withTombstoneLevel } from "../../protocol/auth/tombstone-level.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";

/** A state event that a new room gets, before it has a sender. */
export interface InitialState {
  readonly type: string;
  readonly stateKey: string;
  readonly content: JsonObject;
}

export type Preset = "private_chat" | "trusted_private_chat" | "public_chat";

/** Who may join, who may read, and whether guests come in. */
const PRESETS: Readonly<Record<Preset, readonly [joinRule: string, visibility: string, guests: string]>> = {
  private_chat: ["invite", "shared", "can_join"],
  trusted_private_chat: ["invite", "shared", "can_join"],
  public_chat: ["public", "shared", "forbidden"],
};

/** The events that a preset stands for. */
export function presetState(preset: Preset): InitialState[] {
  const [joinRule, visibility, guests] = PRESETS[preset];
  return [
    { type: "m.room.join_rules", stateKey: "", content: { join_rule: joinRule } },
    { type: "m.room.history_visibility", stateKey: "", content: { history_visibility: visibility } },
    { type: "m.room.guest_access", stateKey: "", content: { guest_access: guests } },
  ];
}

interface PowerLevels {
  readonly rules: RoomVersionRules;
  readonly creator: string;
  /** With the preset for trusted people, those invited have the creator's level. */
  readonly trusted: readonly string[];
  readonly override: JsonObject;
}

/** The power levels of a new room. `override` replaces whole members. */
export function powerLevels({ rules, creator, trusted, override }: PowerLevels): InitialState {
  const users = Object.fromEntries([creator, ...trusted].map((userId) => [userId, 100]));
  const content = {
    users_default: 0,
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: 0,
    events: {
      "m.room.name": 50,
      "m.room.avatar": 50,
      "m.room.power_levels": 100,
      "m.room.history_visibility": 100,
      "m.room.canonical_alias": 50,
      ...(rules.creatorsHaveInfinitePower ? {} : { "m.room.tombstone": 100 }),
      "m.room.server_acl": 100,
      "m.room.encryption": 100,
    },
    users: rules.creatorsHaveInfinitePower ? {} : users,
    ...override,
  };
  // Since v12 creators stand above all levels: replacing the room stays theirs, unless they say otherwise.
  const levels = rules.creatorsHaveInfinitePower ? withTombstoneLevel(content) : content;
  return { type: "m.room.power_levels", stateKey: "", content: levels };
}
