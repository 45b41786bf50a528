import type { Rooms } from "./rooms.ts";
import type { Room } from "./room.ts";
import type { StoredEvent } from "./stored-event.ts";
import { type Membership, parseMembership } from "./memberships.store.ts";

/** What a user may see of a room. */
export interface Access {
  readonly room: Room;
  readonly userId: string;
  /** The user's membership now; `leave` also for one who was never there. */
  readonly membership: Membership;
  /** Whether the user was joined at some time. */
  readonly wasJoined: boolean;
  /** The user sees the timeline up to this position: `Infinity` for members and for rooms that the world may read. */
  readonly until: number;
  /** Up to this position what was sent under `shared` visibility is theirs: that of the departure, or `Infinity`. */
  readonly sharedUntil: number;
  /** Root of the state that the user may see; `undefined` for none at all. */
  readonly stateRoot: string | undefined;
}

type Visibility = "world_readable" | "shared" | "invited" | "joined";

/** How far back it is looked for the time when somebody was joined. */
const LOOK_BACK = 32;

/** What `userId` may see of a room. */
export async function accessTo(rooms: Rooms, room: Room, userId: string): Promise<Access> {
  const [member, visibility] = await rooms.read(room.roomId, (current) => [
    current.state("m.room.member", userId),
    visibilityOf(current.state("m.room.history_visibility", "")),
  ]);
  const membership = membershipOf(member);
  if (membership === "join") {
    const until = Number.POSITIVE_INFINITY;
    return { room, userId, membership, wasJoined: true, until, sharedUntil: until, stateRoot: room.publishedState };
  }
  const left = await leavingOf(rooms, member);
  if (visibility === "world_readable") {
    return {
      room,
      userId,
      membership,
      wasJoined: left !== undefined,
      until: Number.POSITIVE_INFINITY,
      sharedUntil: left?.position ?? 0,
      stateRoot: room.publishedState,
    };
  }
  // Who forgot a room has no history of it any more.
  const record = left && (await rooms.memberships.ofUserInRoom(userId, room.nid));
  const known = record?.isForgotten ? undefined : left;
  const until = known?.position ?? 0;
  const stateRoot = known?.roomState;
  return { room, userId, membership, wasJoined: known !== undefined, until, sharedUntil: until, stateRoot };
}

/** The event by which a user who was joined ceased to be. */
async function leavingOf(rooms: Rooms, member: StoredEvent | undefined): Promise<StoredEvent | undefined> {
  let after = member;
  for (let steps = 0; after && after.replaces !== 0 && steps < LOOK_BACK; steps++) {
    const [before] = await rooms.events.byPositions([after.replaces]);
    if (membershipOf(before) === "join") return after;
    after = before;
  }
  return undefined;
}

/**
 * Those of the events that the user may see, of users who asked for it what a redaction would leave: decided for each by the state when it was sent. Cost: a query for every level
 * of the tries that hold those states, whatever the number of events.
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
 */
export async function visibleEvents(
  rooms: Rooms,
  access: Access,
  events: readonly StoredEvent[],
): Promise<StoredEvent[]> {
  const asked = events.filter((event) => isSeenAnyway(event, access) === undefined);
  const byRoot = await statesSeen(rooms, new Set(asked.map(({ stateBefore }) => stateBefore)), access.userId);
  const visible = events.filter((event) => {
    const before = byRoot.get(event.stateBefore);
    return isSeenAnyway(event, access) ?? (before !== undefined && isVisible(event, before, access));
  });
  // Nothing sent in the very state that holds now is hidden: who asks for that leaves the room.
  if (asked.length === 0 || visible.length === 0) return visible;
  return await rooms.erasures.hide(access.room, access.userId, visible);
}

/** As `visibleEvents`, for events of any rooms. */
export async function visibleTo(rooms: Rooms, userId: string, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
  const visible: StoredEvent[] = [];
  for (const [roomId, inRoom] of Map.groupBy(events, (event) => event.roomId)) {
    const room = await rooms.get(roomId);
    if (room) visible.push(...(await visibleEvents(rooms, await accessTo(rooms, room, userId), inRoom)));
  }
  return visible;
}

/** Whether a user may see an event of a room. */
export async function maySee(rooms: Rooms, room: Room, userId: string, event: StoredEvent): Promise<boolean> {
  return (await visibleEvents(rooms, await accessTo(rooms, room, userId), [event])).length > 0;
}

/**
 * Whether the user may see the state of a room as it was at a time.
 * @param position where the log stood then
 */
export async function maySeeState(
  rooms: Rooms,
  access: Access,
  { root, position }: { readonly root: string; readonly position: number },
): Promise<boolean> {
  if (position > access.until) return false;
  if (root === access.stateRoot) return true;
  const seen = (await statesSeen(rooms, new Set([root]), access.userId)).get(root);
  return seen !== undefined && allows(seen.visibility, { membership: seen.membership, position, access });
}

/** What is decided without the state of the time; `undefined` for all else. */
function isSeenAnyway(event: StoredEvent, access: Access): boolean | undefined {
  // After the departure users still see what becomes of themselves: else an invite that was refused, or a ban, would stay
  // unknown to them.
  if (event.position > access.sharedUntil && isMembershipOf(event, access.userId)) return true;
  if (event.position > access.until) return false;
  // A member sees what was sent in the very state that holds now: nothing needs to be looked up for new messages.
  return access.membership === "join" && event.stateBefore === access.stateRoot ? true : undefined;
}

/** What decides of a state who sees what was sent in it. */
interface SeenState {
  readonly visibility: Visibility;
  readonly membership: Membership;
}

/** By root. */
async function statesSeen(
  rooms: Rooms,
  roots: ReadonlySet<string>,
  userId: string,
): Promise<ReadonlyMap<string, SeenState>> {
  if (roots.size === 0) return NONE;
  const addresses = [...roots].flatMap((root) => [
    { root, type: "m.room.history_visibility", stateKey: "" },
    { root, type: "m.room.member", stateKey: userId },
  ]);
  const events = await rooms.stateEventsAt(addresses);
  return new Map(
    [...roots].map((root, index) => [
      root,
      { visibility: visibilityOf(events[2 * index]), membership: membershipOf(events[2 * index + 1]) },
    ]),
  );
}

const NONE: ReadonlyMap<string, SeenState> = new Map();

function isVisible(event: StoredEvent, { visibility, membership }: SeenState, access: Access): boolean {
  const { position } = event;
  if (allows(visibility, { membership, position, access })) return true;
  // A change of the visibility, or of the user's own membership, is judged by either side of it.
  if (isMembershipOf(event, access.userId)) {
    return allows(visibility, { membership: membershipOf(event), position, access });
  }
  const isChange = event.pdu.type === "m.room.history_visibility" && event.stateKey === "";
  return isChange && allows(visibilityOf(event), { membership, position, access });
}

interface Looking {
  /** The user's membership at the time. */
  readonly membership: Membership;
  readonly position: number;
  readonly access: Access;
}

function allows(visibility: Visibility, { membership, position, access }: Looking): boolean {
  if (membership === "join" || visibility === "world_readable") return true;
  // shared: whoever joined later may look back.
  if (visibility === "shared") return access.wasJoined && position <= access.sharedUntil;
  return visibility === "invited" && membership === "invite" && access.wasJoined;
}

const isMembershipOf = (event: StoredEvent, userId: string): boolean =>
  event.pdu.type === "m.room.member" && event.stateKey === userId;

function visibilityOf(event: StoredEvent | undefined): Visibility {
  const value = event?.pdu.content["history_visibility"];
  // Since nothing or nonsense was said, the default holds: shared.
  return value === "world_readable" || value === "invited" || value === "joined" ? value : "shared";
}

/** Whether the state says that members see all of a room, and nothing else was ever said there. */
export const wasAlwaysShared = (visibility: StoredEvent | undefined): boolean =>
  visibility === undefined ||
  (visibility.replaces === 0 && ["shared", "world_readable"].includes(visibilityOf(visibility)));

export function membershipOf(event: StoredEvent | undefined): Membership {
  return parseMembership(event?.pdu.content["membership"]);
}
