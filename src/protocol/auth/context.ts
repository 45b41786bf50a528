import type { RoomEvent } from "../events/pdu.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import type { PowerLevels } from "./power-levels.ts";
import type { AuthState } from "./state.ts";

/** What every rule but that for create events decides on: the event, the state it is judged by, and what follows from it. */
export interface AuthContext {
  readonly event: RoomEvent;
  readonly sender: string;
  readonly state: AuthState;
  readonly rules: RoomVersionRules;
  readonly create: RoomEvent;
  readonly levels: PowerLevels;
  readonly senderLevel: number;
}

/** A change of membership: the context, and whose membership it is. */
export interface MemberContext extends AuthContext {
  readonly target: string;
}
