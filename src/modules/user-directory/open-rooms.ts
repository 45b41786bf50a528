import type { RoomFollower } from "../../engine/rooms/follower.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { updateOpenness } from "./user-directory.store.ts";

/** Each of these opens a room to everybody. */
const OPENING: ReadonlyMap<string, readonly [member: string, value: string]> = new Map([
  ["m.room.join_rules", ["join_rule", "public"]],
  ["m.room.history_visibility", ["history_visibility", "world_readable"]],
]);

interface Needs {
  /** Events by position; may throw to have one loaded. */
  readonly events: { need(position: number): StoredEvent };
}

/**
 * Notes which rooms are open: that anybody may join, or read. Cost: nothing but when a room opens or closes.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3user_directorysearch
 */
export const openRoomsFollower = ({ events }: Needs): RoomFollower => ({
  onAppended(tx, event, room) {
    const { type } = event.pdu;
    if (event.stateKey !== "" || !OPENING.has(type)) return;
    const isOpenOtherwise = [...OPENING.keys()].some((other) => other !== type && opens(room.state(other, "")));
    const before = event.replaces === 0 ? undefined : events.need(event.replaces);
    if (!isOpenOtherwise && opens(before) !== opens(event)) updateOpenness(tx, room.nid, opens(event));
  },
});

function opens(event: StoredEvent | undefined): boolean {
  const [member, value] = OPENING.get(event?.pdu.type ?? "") ?? [];
  return member !== undefined && event?.pdu.content[member] === value;
}
