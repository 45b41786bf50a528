import type { RoomVersionRules } from "./rules.ts";
import { v6 } from "./v6.ts";

/**
 * Knocking.
 * @see https://spec.matrix.org/v1.19/rooms/v7/
 */
export const v7: RoomVersionRules = {
  ...v6,
  id: "7",
  knock: true,
};
