import type { RoomVersionRules } from "./rules.ts";
import { v11 } from "./v11.ts";

/**
 * Rooms are named after their create event, creators stand above all levels, state resolution starts from nothing.
 * @see https://spec.matrix.org/v1.19/rooms/v12/
 */
export const v12: RoomVersionRules = {
  ...v11,
  id: "12",
  roomIdIsCreateHash: true,
  stateResolution: "v2.1",
  creatorsHaveInfinitePower: true,
  createEventInAuthEvents: false,
};
