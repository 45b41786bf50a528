import type { JsonObject, JsonValue } from "../json/json.ts";

/**
 * An event as servers exchange it. `prev_events` and `auth_events` hold event IDs, or in room versions 1 and 2
 * `[event ID, hashes]` pairs: read them with `eventIdsOf`.
 * @see https://spec.matrix.org/v1.19/server-server-api/#pdus
 */
export interface PduJson extends JsonObject {
  readonly type: string;
  readonly sender: string;
  readonly content: JsonObject;
  readonly depth: number;
  readonly origin_server_ts: number;
  readonly prev_events: readonly JsonValue[];
  readonly auth_events: readonly JsonValue[];
  readonly hashes: JsonObject;
}

/** An event with the identifier that its room version gives it. What the authorisation rules and the engine work on. */
export interface RoomEvent {
  readonly eventId: string;
  /** The room it is in. In room version 12 a create event has no `room_id`: this one is derived from its hash. */
  readonly roomId: string;
  readonly pdu: PduJson;
  /** `undefined` for a message event; `pdu.state_key` otherwise. */
  readonly stateKey: string | undefined;
}
