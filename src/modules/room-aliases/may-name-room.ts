import { eventLevel, powerLevelsOf, userLevel } from "../../protocol/auth/power-levels.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";

/** The state of a room, read without waiting; may throw to have an event loaded. */
interface Named {
  readonly rules: RoomVersionRules;
  state(type: string, stateKey: string): StoredEvent | undefined;
}

/** Whether a user may say by what name the room is found: its members with the power to change the canonical alias. */
export function mayNameRoom(room: Named, userId: string): boolean {
  const levels = powerLevelsOf({ get: (type, stateKey) => room.state(type, stateKey) }, room.rules);
  const isJoined = membershipOf(room.state("m.room.member", userId)) === "join";
  return isJoined && userLevel(levels, userId) >= eventLevel(levels, "m.room.canonical_alias", true);
}
