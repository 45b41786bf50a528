import type { JsonObject } from "../../protocol/json/json.ts";
import type { Membership } from "../../engine/rooms/memberships.store.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { RoomWriter } from "../../engine/rooms/room-writer.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { forbidden } from "../../http/errors.ts";

/** A change of what a user is to a room. */
export interface MembershipChange {
  readonly roomId: string;
  /** Who asks for it. */
  readonly sender: string;
  /** Whose membership it is. */
  readonly target: string;
  readonly membership: Membership;
  readonly reason?: string | undefined;
  /** Further members of the content, e.g. `displayname`. */
  readonly content?: JsonObject;
}

/** Changes a membership. If it is that already, nothing is appended and the event that says so is the answer. */
export async function changeMembership(rooms: Rooms, change: MembershipChange): Promise<StoredEvent> {
  return await rooms.write(change.roomId, (writer) => appendMembership(writer, change));
}

/** As `changeMembership`, within a unit of work. */
export function appendMembership(writer: RoomWriter, change: MembershipChange): StoredEvent {
  const { sender, target, membership, reason, content } = change;
  const current = writer.state("m.room.member", target);
  if (current && isRepeated(current, change)) return current;
  return writer.append({
    type: "m.room.member",
    sender,
    stateKey: target,
    content: { ...content, membership, ...(reason === undefined ? {} : { reason }) },
  });
}

function isRepeated(current: StoredEvent, { sender, target, membership }: MembershipChange): boolean {
  if (membershipOf(current) !== membership) return false;
  // Who is joined joins again without effect; who left leaves again; an invite of an invited user is answered likewise.
  return membership === "invite" || membership === "ban" || sender === target;
}

/** @throws MatrixError `M_FORBIDDEN` when the sender is not joined: said before anything of the room is looked at. */
export async function requireJoined(rooms: Rooms, roomId: string, userId: string): Promise<void> {
  const member = await rooms.read(roomId, (room) => room.state("m.room.member", userId));
  if (membershipOf(member) !== "join") throw forbidden("You are not in this room");
}
