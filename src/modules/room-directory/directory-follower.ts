import type { Tx } from "../../engine/partitions/tx.ts";
import type { FollowedRoom, RoomFollower } from "../../engine/rooms/follower.ts";
import { publicSummary, SUMMARY_TYPES } from "../../engine/rooms/room-summary.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { changeJoinedCount, insertPublished, updatePublished } from "./published-rooms.store.ts";

interface Needs {
  /** Events by position; may throw to have one loaded. */
  readonly events: { need(position: number): StoredEvent };
}

/**
 * Keeps what the directory shows in step with the state of published rooms. Cost: nothing for other rooms and for
 * messages, one small statement for a change of what is shown, or of who is joined.
 */
export const directoryFollower = ({ events }: Needs): RoomFollower => ({
  onAppended(tx, event, room) {
    if (!room.isPublished || event.stateKey === undefined) return;
    if (event.pdu.type === "m.room.member") countMember(tx, event, events);
    else if (event.pdu.type === "m.room.create") addToDirectory(tx, room);
    else if (isShown(event)) updatePublished(tx, room.nid, publicSummary(room, 0));
  },

  onRedacted(tx, target, _redaction, room) {
    if (room.isPublished && isShown(target)) updatePublished(tx, room.nid, publicSummary(room, 0));
  },
});

/** Lists a room, as it is now, with the members that it has. */
export function addToDirectory(tx: Tx, room: FollowedRoom): void {
  insertPublished(tx, room.nid, publicSummary(room, 0));
}

const isShown = ({ pdu, stateKey }: StoredEvent): boolean => stateKey === "" && SUMMARY_TYPES.includes(pdu.type);

function countMember(tx: Tx, event: StoredEvent, events: Needs["events"]): void {
  const before = event.replaces === 0 ? undefined : events.need(event.replaces);
  const change = Number(membershipOf(event) === "join") - Number(membershipOf(before) === "join");
  if (change !== 0) changeJoinedCount(tx, event.roomNid, change);
}
