import type { JsonObject } from "../../protocol/json/json.ts";
import type { StoredEvent } from "./stored-event.ts";

/**
 * Which state events tell somebody outside what room it is.
 * @see https://spec.matrix.org/v1.19/client-server-api/#stripped-state
 */
const SHOWN = [
  "m.room.create",
  "m.room.name",
  "m.room.avatar",
  "m.room.topic",
  "m.room.join_rules",
  "m.room.canonical_alias",
  "m.room.encryption",
];

/** The stripped form of an event. */
export const strip = ({ pdu }: StoredEvent): JsonObject => ({
  type: pdu.type,
  state_key: pdu["state_key"] ?? "",
  sender: pdu.sender,
  content: pdu.content,
});

/** The stripped state of a room, with the membership event of the user who is invited or knocks. */
export function strippedState(
  state: (type: string, stateKey: string) => StoredEvent | undefined,
  membership: StoredEvent,
): JsonObject[] {
  const shown = SHOWN.map((type) => state(type, "")).filter((event) => event !== undefined);
  return [...shown, membership].map(strip);
}
