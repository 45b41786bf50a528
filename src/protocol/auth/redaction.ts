import { allow, refuse, type Verdict } from "../verdict.ts";
import type { AuthContext } from "./context.ts";
import { haveSameDomain } from "./domain.ts";
import { redactLevel } from "./power-levels.ts";

/**
 * v1, v2: who may redact is decided when the redaction arrives, by its event ID: the event that it redacts may be unknown.
 * @see https://spec.matrix.org/v1.19/rooms/v1/#authorisation-rules rule 11
 */
export function checkRedaction({ event, sender, senderLevel, levels }: AuthContext): Verdict {
  if (senderLevel >= redactLevel(levels)) return allow;
  const redacts = event.pdu["redacts"];
  if (typeof redacts === "string" && haveSameDomain(redacts, event.eventId)) return allow;
  return refuse(
    "redaction.level",
    `${sender} has power level ${senderLevel}; redacting the events of other servers takes ${redactLevel(levels)}`,
  );
}
