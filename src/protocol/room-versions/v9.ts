import { redactionV9 } from "./redactions.ts";
import type { RoomVersionRules } from "./rules.ts";
import { v8 } from "./v8.ts";

/**
 * Redactions leave a restricted join provable.
 * @see https://spec.matrix.org/v1.19/rooms/v9/
 */
export const v9: RoomVersionRules = {
  ...v8,
  id: "9",
  redaction: redactionV9,
};
