import type { RoomEvent } from "../events/pdu.ts";

/**
 * The state that an event is judged by. A look-up and nothing more, so that a room's state at any point of its history
 * can stand behind it.
 */
export interface AuthState {
  /** The state event under this key; `undefined` when the room has none. */
  get(type: string, stateKey: string): RoomEvent | undefined;
}

/** The state that these events make up. Message events are passed over; of two events with one key the later counts. */
export function authStateOf(events: Iterable<RoomEvent>): AuthState {
  const byType = new Map<string, Map<string, RoomEvent>>();
  for (const event of events) {
    if (event.stateKey === undefined) continue;
    const ofType = byType.get(event.pdu.type);
    if (ofType === undefined) byType.set(event.pdu.type, new Map([[event.stateKey, event]]));
    else ofType.set(event.stateKey, event);
  }
  return { get: (type, stateKey) => byType.get(type)?.get(stateKey) };
}

/** A user's membership; `undefined` for somebody whom the room has never heard of (treated as `leave`). */
export function membershipOf(state: AuthState, userId: string): string | undefined {
  const membership = state.get("m.room.member", userId)?.pdu.content["membership"];
  return typeof membership === "string" ? membership : undefined;
}

/**
 * The room's join rule, `invite` when it states none.
 * @see https://spec.matrix.org/v1.19/client-server-api/#mroomjoin_rules
 */
export function joinRuleOf(state: AuthState): string {
  const joinRule = state.get("m.room.join_rules", "")?.pdu.content["join_rule"];
  return typeof joinRule === "string" ? joinRule : "invite";
}
