import type { RoomEvent } from "../events/pdu.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import { haveSameDomain } from "./domain.ts";
import { powerLevelsOf, redactLevel, userLevel } from "./power-levels.ts";
import type { AuthState } from "./state.ts";

/** A redaction that was accepted, and the event that it names. */
export interface RedactionPair {
  readonly redaction: RoomEvent;
  readonly target: RoomEvent;
}

/**
 * Whether an accepted redaction takes effect, asked once both events are known. `state` is the state that the redaction
 * was judged by.
 *
 * Since v3: the sender has the redact level, or belongs to the server of the sender of what is redacted. In v1 and v2 the
 * authorisation rules have decided already.
 * @see https://spec.matrix.org/v1.19/rooms/v3/#handling-redactions
 */
export function mayRedact({ redaction, target }: RedactionPair, state: AuthState, rules: RoomVersionRules): Verdict {
  // All versions: a room's events are redacted from within it.
  if (redaction.roomId !== target.roomId) {
    return refuse("redactable.room", `${target.eventId} is not in the room of the redaction`);
  }
  if (rules.redactionRule) return allow;

  const { sender } = redaction.pdu;
  const levels = powerLevelsOf(state, rules);
  if (userLevel(levels, sender) >= redactLevel(levels)) return allow;
  if (haveSameDomain(sender, target.pdu.sender)) return allow;
  return refuse(
    "redactable.level",
    `${sender} has power level ${userLevel(levels, sender)}; redacting the events of other servers takes ${redactLevel(levels)}`,
  );
}
