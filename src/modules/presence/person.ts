import type { JsonObject } from "../../protocol/json/json.ts";
import type { Device, Shown } from "./device.ts";

/** Name and picture of a user. */
export type MemberProfile = { readonly displayname?: string; readonly avatar_url?: string };

/** A user whose presence is known. Times are milliseconds since the epoch. */
export interface Person {
  readonly userId: string;
  readonly devices: Map<string, Device>;
  /** Rooms that the user is joined to, kept up by the streams; those last known, when nobody syncs for the user. */
  rooms: ReadonlySet<string>;
  profile: MemberProfile;
  statusMsg: string | undefined;
  /** 0: never. */
  lastActiveAt: number;
  /** What others were shown last. */
  shown: Shown;
  /** When that changed last, among what is never stored; 0: it never did. */
  serial: number;
}

/** The presence as `GET …/status` gives it. */
export function statusOf({ shown, lastActiveAt, statusMsg }: Person, now: number): JsonObject {
  return {
    presence: shown.state,
    ...(lastActiveAt > 0 && { last_active_ago: Math.max(0, now - lastActiveAt) }),
    ...(shown.state === "online" && { currently_active: shown.isActive }),
    ...(statusMsg !== undefined && { status_msg: statusMsg }),
  };
}

/**
 * The presence as an event.
 * @see https://spec.matrix.org/v1.19/client-server-api/#mpresence
 */
export type PresenceEvent = { readonly type: "m.presence"; readonly sender: string; readonly content: JsonObject };

export const eventOf = (person: Person, now: number): PresenceEvent => ({
  type: "m.presence",
  sender: person.userId,
  content: { ...statusOf(person, now), ...person.profile },
});
