import { redactionV11 } from "./redactions.ts";
import type { RoomVersionRules } from "./rules.ts";
import { v10 } from "./v10.ts";

/**
 * `redacts` moves into the content, the creator out of it; redactions leave what the rules need.
 * @see https://spec.matrix.org/v1.19/rooms/v11/
 */
export const v11: RoomVersionRules = {
  ...v10,
  id: "11",
  redactsInContent: true,
  redaction: redactionV11,
  creatorInContent: false,
};
