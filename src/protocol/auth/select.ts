import { isJsonObject, type JsonObject } from "../json/json.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";

/** What of an event decides which state it is judged by. */
export interface Selectable {
  readonly type: string;
  readonly sender: string;
  readonly stateKey: string | undefined;
  readonly content: JsonObject;
}

/** Type and state key of a state event. */
export type StateKey = readonly [type: string, stateKey: string];

/**
 * Under which keys of the room's state the auth events of an event lie, each once. Those that the room's state has are
 * the `auth_events` of a new event; a received event may refer to no others.
 * @see https://spec.matrix.org/v1.19/server-server-api/#auth-events-selection
 */
export function authEventKeys(event: Selectable, rules: RoomVersionRules): readonly StateKey[] {
  // A create event has none.
  if (event.type === "m.room.create") return [];

  const keys: StateKey[] = [
    ["m.room.power_levels", ""],
    ["m.room.member", event.sender],
  ];
  // Until v11; since v12 the room's ID says which one it is.
  if (rules.createEventInAuthEvents) keys.unshift(["m.room.create", ""]);
  if (event.type === "m.room.member") keys.push(...membershipKeys(event, rules));
  return keys;
}

function membershipKeys(event: Selectable, rules: RoomVersionRules): readonly StateKey[] {
  const { content, sender, stateKey } = event;
  const membership = content["membership"];
  const keys: StateKey[] = [];
  const users = new Set([sender]);
  const addMember = (userId: string): void => {
    if (!users.has(userId)) keys.push(["m.room.member", userId]);
    users.add(userId);
  };

  if (stateKey !== undefined) addMember(stateKey);
  if (membership === "join" || membership === "invite" || membership === "knock") {
    keys.push(["m.room.join_rules", ""]);
  }
  const token = membership === "invite" ? thirdPartyToken(content) : undefined;
  if (token !== undefined) keys.push(["m.room.third_party_invite", token]);
  // Since v8: a member of the room who may invite vouches for the join.
  const authoriser = content["join_authorised_via_users_server"];
  if (rules.restricted && membership === "join" && typeof authoriser === "string") addMember(authoriser);
  return keys;
}

function thirdPartyToken(content: JsonObject): string | undefined {
  const invite = content["third_party_invite"];
  const signed = isJsonObject(invite) ? invite["signed"] : undefined;
  const token = isJsonObject(signed) ? signed["token"] : undefined;
  return typeof token === "string" ? token : undefined;
}
