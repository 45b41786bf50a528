import type { SigningKey } from "../../protocol/signing/crypto.ts";

/** In whose name events are made. */
export interface Signer {
  readonly serverName: string;
  readonly key: SigningKey;
  /** Room versions 1 and 2: an event ID that nobody used before. */
  newEventId(): string;
  /** Room versions 1 to 11: a room ID that nobody used before. */
  newRoomId(): string;
}
