import type { Clock } from "../../clock.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Module } from "../module.ts";
import type { CheckRefusal } from "../room-membership/index.ts";
import { getJoinedMembersByRoom } from "./joined-members.endpoint.ts";
import { getMembersByRoom } from "./members.endpoint.ts";
import { getRoomState } from "./state.endpoint.ts";
import { getRoomStateWithKey, setRoomStateWithKey } from "./state-event.endpoint.ts";
import type { StateRules } from "./state-rules.ts";

export { readableState, type ReadableState } from "./readable-state.ts";
export { stateRules, type StateRules } from "./state-rules.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly stateRules: StateRules;
  readonly serverName: string;
  readonly checkRefusal: CheckRefusal;
  /** Called when somebody has joined, before that is answered. */
  readonly onJoined: (userId: string, roomId: string) => Promise<void>;
}

/** Reading and setting the state of rooms. */
export const roomState = (needs: Needs): Module => ({
  name: "room-state",
  spec: [
    {
      section: "Getting and setting room state",
      link: "https://spec.matrix.org/v1.19/client-server-api/#getting-events-for-a-room",
      status: "complete",
    },
  ],
  endpoints: [
    getRoomState(needs),
    getRoomStateWithKey(needs),
    setRoomStateWithKey(needs),
    getMembersByRoom(needs),
    getJoinedMembersByRoom(needs),
  ],
});
