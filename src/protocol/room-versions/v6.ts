import { redactionV6 } from "./redactions.ts";
import type { RoomVersionRules } from "./rules.ts";
import { v5 } from "./v5.ts";

/**
 * Canonical JSON is strict, aliases are events like others, levels of notifications are guarded.
 * @see https://spec.matrix.org/v1.19/rooms/v6/
 */
export const v6: RoomVersionRules = {
  ...v5,
  id: "6",
  strictCanonicalJson: true,
  redaction: redactionV6,
  aliasesRule: false,
  notificationsGuarded: true,
};
