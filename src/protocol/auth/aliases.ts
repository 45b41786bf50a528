import type { RoomEvent } from "../events/pdu.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import { domainOf } from "./domain.ts";

/**
 * v1 to v5: any server may state its own aliases of a room, its sender need not be in the room. Since v6 the type is a
 * state event like any other.
 * @see https://spec.matrix.org/v1.19/rooms/v1/#authorisation-rules rule 4
 */
export function checkAliases({ pdu, stateKey }: RoomEvent): Verdict {
  if (stateKey === undefined) return refuse("aliases.state-key", "Aliases need a state key: the server they belong to");
  if (domainOf(pdu.sender) === stateKey) return allow;
  return refuse("aliases.domain", `${pdu.sender} does not belong to the server ${JSON.stringify(stateKey)}`);
}
