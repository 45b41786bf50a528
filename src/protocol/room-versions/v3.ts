import type { RoomVersionRules } from "./rules.ts";
import { v2 } from "./v2.ts";

/**
 * Events are named by their hashes, and redactions are checked when they are applied.
 * @see https://spec.matrix.org/v1.19/rooms/v3/
 */
export const v3: RoomVersionRules = {
  ...v2,
  id: "3",
  eventIdFormat: "hash-base64",
  eventReferences: "ids",
  redactionRule: false,
};
