import { redactionV8 } from "./redactions.ts";
import type { RoomVersionRules } from "./rules.ts";
import { v7 } from "./v7.ts";

/**
 * Joins that membership of another room allows.
 * @see https://spec.matrix.org/v1.19/rooms/v8/
 */
export const v8: RoomVersionRules = {
  ...v7,
  id: "8",
  redaction: redactionV8,
  restricted: true,
};
