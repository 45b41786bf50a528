import type { RedactionRules } from "../events/redact.ts";

/**
 * Everything in which room versions differ. A version states what it changes over its predecessor; functions take these
 * rules and never a version number.
 * @see https://spec.matrix.org/v1.19/rooms/
 */
export interface RoomVersionRules {
  /** The identifier, as it stands in `m.room.create`. For messages to people only: never decide on it. */
  readonly id: string;
  readonly stable: boolean;

  // Event format
  /** v1, v2: the ID is chosen by the server (`$opaque:domain`) and part of the PDU. Since v3: derived from the hash. */
  readonly eventIdFormat: "opaque" | "hash-base64" | "hash-url-safe-base64";
  /** v1, v2: `prev_events` and `auth_events` are pairs of ID and hashes. Since v3: IDs alone. */
  readonly eventReferences: "pairs" | "ids";
  /** Since v12: the room ID is the hash of the create event, which has no `room_id` of its own. */
  readonly roomIdIsCreateHash: boolean;
  /** Since v11: `redacts` stands in `content`. */
  readonly redactsInContent: boolean;
  /** Since v6: events that are not canonical JSON in the strict sense are refused. */
  readonly strictCanonicalJson: boolean;
  readonly redaction: RedactionRules;

  // State resolution
  readonly stateResolution: "v1" | "v2" | "v2.1";

  // Authorisation
  /** v1 to v10: `creator` must stand in the content of the create event. Since v11 the sender is the creator. */
  readonly creatorInContent: boolean;
  /** Since v12: creators (with `additional_creators`) have infinite power and may not stand in `users`. */
  readonly creatorsHaveInfinitePower: boolean;
  /** Until v11: the create event stands among the auth events. */
  readonly createEventInAuthEvents: boolean;
  /** v1 to v5: `m.room.aliases` has a rule of its own. */
  readonly aliasesRule: boolean;
  /** v1, v2: who may redact is decided by the authorisation rules; since v3 when the redaction is applied. */
  readonly redactionRule: boolean;
  /** Since v6: `notifications` of the power levels is guarded as the other levels are. */
  readonly notificationsGuarded: boolean;
  /** Since v10: every level must be an integer. Before: strings and floats are read leniently. */
  readonly integerPowerLevels: boolean;
  /** Since v7. */
  readonly knock: boolean;
  /** Since v8. */
  readonly restricted: boolean;
  /** Since v10. */
  readonly knockRestricted: boolean;
  /** Since v5: the validity of signing keys is enforced. */
  readonly enforceKeyValidity: boolean;
}
