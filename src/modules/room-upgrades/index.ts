import type { Module } from "../module.ts";
import { type Needs, postUpgradeRoom } from "./upgrade.endpoint.ts";

export { type Inherit, inheritance } from "./inherit.ts";
export { checkTombstone } from "./tombstone-rule.ts";

/** Replacing rooms by rooms of another version. */
export const roomUpgrades = (needs: Needs): Module => ({
  name: "room-upgrades",
  spec: [
    {
      section: "Room upgrades",
      link: "https://spec.matrix.org/v1.19/client-server-api/#room-upgrades",
      status: "complete",
    },
  ],
  endpoints: [postUpgradeRoom(needs)],
});
