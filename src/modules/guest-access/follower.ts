import type { Tx } from "../../engine/partitions/tx.ts";
import type { FollowedRoom, RoomFollower } from "../../engine/rooms/follower.ts";
import { guestsMayJoin } from "../../engine/rooms/guest-access.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { noteEviction } from "./guests.store.ts";

/**
 * Notes rooms that forbid guests from now on, in the very transaction that forbids them: whatever happens then, the guests
 * are made to leave. Cost: nothing for all other events. `wake` is called once it is durable.
 */
export function guestAccessFollower(wake: () => void): RoomFollower {
  const note = (tx: Tx, room: FollowedRoom, position: number): void => {
    if (guestsMayJoin(room)) return;
    noteEviction(tx, room.roomId, position);
    tx.afterCommit(wake);
  };
  return {
    onAppended(tx, event, room) {
      // Where nothing was said before, no guest ever came in.
      if (isGuestAccess(event) && event.replaces !== 0) note(tx, room, event.position);
    },

    // What a redaction leaves allows no guests.
    onRedacted(tx, target, redaction, room) {
      const current = room.state(target.pdu.type, "");
      if (isGuestAccess(target) && current?.position === target.position) note(tx, room, redaction.position);
    },
  };
}

const isGuestAccess = ({ pdu, stateKey }: StoredEvent): boolean =>
  pdu.type === "m.room.guest_access" && stateKey === "";
