import type { RoomVersionRules } from "./rules.ts";
import { v1 } from "./v1.ts";

/**
 * State resolution is a new one.
 * @see https://spec.matrix.org/v1.19/rooms/v2/
 */
export const v2: RoomVersionRules = {
  ...v1,
  id: "2",
  stateResolution: "v2",
};
