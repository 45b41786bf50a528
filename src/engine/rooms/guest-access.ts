import type { StoredEvent } from "./stored-event.ts";

/**
 * Whether guests may join a room: only where its state says so.
 * @see https://spec.matrix.org/v1.19/client-server-api/#guest-access
 */
export const guestsMayJoin = (room: { state(type: string, stateKey: string): StoredEvent | undefined }): boolean =>
  room.state("m.room.guest_access", "")?.pdu.content["guest_access"] === "can_join";
