import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Module } from "../module.ts";
import { ban } from "./ban.endpoint.ts";
import type { CheckRefusal } from "./check-refusal.ts";
import { forgetRoom } from "./forget.endpoint.ts";
import { inviteUser } from "./invite.endpoint.ts";
import { joinRoom, joinRoomById } from "./join.endpoint.ts";
import { getJoinedRooms } from "./joined-rooms.endpoint.ts";
import { kick } from "./kick.endpoint.ts";
import { knockRoom } from "./knock.endpoint.ts";
import { leaveRoom } from "./leave.endpoint.ts";
import type { ProfileOf } from "./member-content.ts";
import { unban } from "./unban.endpoint.ts";

export type { CheckRefusal } from "./check-refusal.ts";
export { checkGuestJoin } from "./guest-join.ts";
export { memberStateContent } from "./member-state.ts";
export { appendMembership } from "./change-membership.ts";
export { renaming } from "./renaming.ts";
export { departure } from "./departure.ts";
export { checkInvitee } from "./invitee.ts";
export { memberContent, type Profile, type ProfileOf } from "./member-content.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly serverName: string;
  readonly checkRefusal: CheckRefusal;
  readonly profileOf: ProfileOf;
  /** Called when somebody has joined, before that is answered. */
  readonly onJoined: (userId: string, roomId: string) => Promise<void>;
  readonly resolveRoom: (roomIdOrAlias: string) => Promise<string>;
}

/** Who is in a room: inviting, joining, knocking, leaving, kicking, banning, forgetting. */
export const roomMembership = (needs: Needs): Module => ({
  name: "room-membership",
  spec: [
    {
      section: "Room membership",
      link: "https://spec.matrix.org/v1.19/client-server-api/#room-membership",
      status: "partial",
      missing: "invites by email or telephone number; users and rooms of other servers",
    },
  ],
  endpoints: [
    getJoinedRooms(needs),
    inviteUser(needs),
    joinRoomById(needs),
    joinRoom(needs),
    knockRoom(needs),
    leaveRoom(needs),
    forgetRoom(needs),
    kick(needs),
    ban(needs),
    unban(needs),
  ],
});
