import { redactionV1 } from "./redactions.ts";
import type { RoomVersionRules } from "./rules.ts";

/** @see https://spec.matrix.org/v1.19/rooms/v1/ */
export const v1: RoomVersionRules = {
  id: "1",
  stable: true,

  eventIdFormat: "opaque",
  eventReferences: "pairs",
  roomIdIsCreateHash: false,
  redactsInContent: false,
  strictCanonicalJson: false,
  redaction: redactionV1,

  stateResolution: "v1",

  creatorInContent: true,
  creatorsHaveInfinitePower: false,
  createEventInAuthEvents: true,
  aliasesRule: true,
  redactionRule: true,
  notificationsGuarded: false,
  integerPowerLevels: false,
  knock: false,
  restricted: false,
  knockRestricted: false,
  enforceKeyValidity: false,
};
