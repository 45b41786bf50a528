import type { RoomVersionRules } from "./rules.ts";
import { v3 } from "./v3.ts";

/**
 * Event IDs are safe in URLs.
 * @see https://spec.matrix.org/v1.19/rooms/v4/
 */
export const v4: RoomVersionRules = {
  ...v3,
  id: "4",
  eventIdFormat: "hash-url-safe-base64",
};
