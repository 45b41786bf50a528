import type { RoomVersionRules } from "./rules.ts";
import { v4 } from "./v4.ts";

/**
 * Signatures count only while their key is valid.
 * @see https://spec.matrix.org/v1.19/rooms/v5/
 */
export const v5: RoomVersionRules = {
  ...v4,
  id: "5",
  enforceKeyValidity: true,
};
