import type { RoomVersionRules } from "./rules.ts";
import { v9 } from "./v9.ts";

/**
 * Power levels are integers; knocking and restricted joins together.
 * @see https://spec.matrix.org/v1.19/rooms/v10/
 */
export const v10: RoomVersionRules = {
  ...v9,
  id: "10",
  integerPowerLevels: true,
  knockRestricted: true,
};
