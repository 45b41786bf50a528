import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { Membership, MembershipRecord } from "../../engine/rooms/memberships.store.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { Turns } from "../../engine/turns.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { isEventChange } from "../../engine/rooms/event-change.ts";
import { isIgnoredInvite } from "../account-data/index.ts";
import type { SyncContext } from "./sync-context.ts";

/** Which rooms an answer has to look at, by what the user is to them. */
export interface RoomsToTell {
  /** Joined rooms in which something happened. `inFull`: the client does not know the room yet. */
  readonly joined: readonly { readonly room: Room; readonly inFull: boolean }[];
  /** Rooms that the user is in no more, told `until` the event that made it so. */
  readonly left: readonly { readonly room: Room; readonly inFull: boolean; readonly until: number }[];
  /** Invites and knocks that the client does not know. */
  readonly outside: readonly MembershipRecord[];
}

/**
 * Finds the rooms to tell. With the changes at hand the cost is their number; without, that of the user's rooms.
 */
export async function roomsToTell(context: SyncContext): Promise<RoomsToTell> {
  const { changes, since } = context;
  return changes && since && !context.fullState
    ? await fromChanges(context, since.position)
    : await fromDatabase(context);
}

async function fromChanges(context: SyncContext, since: number): Promise<RoomsToTell> {
  const { rooms, viewer, filter } = context;
  const changed = new Map<string, boolean>();
  for (const change of context.changes ?? []) {
    if (!isEventChange(change) || !filter.keepsRoom(change.roomId)) continue;
    const isOwn = change.event.pdu.type === "m.room.member" && change.event.stateKey === viewer.userId;
    changed.set(change.roomId, isOwn || (changed.get(change.roomId) ?? false));
  }
  const found = { joined: [], left: [], outside: [] } satisfies Found as Found;
  for (const [roomId, isMoved] of changed) {
    const room = await rooms.get(roomId);
    if (!room) continue;
    if (!isMoved) found.joined.push({ room, inFull: false });
    else {
      const record = await rooms.memberships.ofUserInRoom(viewer.userId, room.nid);
      if (record && !record.isForgotten) await place(context, found, { record, room, since });
    }
  }
  return found;
}

async function fromDatabase(context: SyncContext): Promise<RoomsToTell> {
  const { rooms, viewer, filter, since, fullState } = context;
  const found = { joined: [], left: [], outside: [] } satisfies Found as Found;
  const position = since?.position ?? 0;
  const withNews =
    since && !fullState ? new Set(await rooms.memberships.roomsChangedSince(viewer.userId, position)) : undefined;
  const turns = new Turns();
  for (const record of await rooms.memberships.ofUser(viewer.userId)) {
    await turns.next();
    if (record.isForgotten || !filter.keepsRoom(record.roomId)) continue;
    const isQuiet = record.membership === "join" && withNews && !withNews.has(record.roomId);
    if (isQuiet) continue;
    const room = await rooms.get(record.roomId);
    if (room) await place(context, found, { record, room, since: position });
  }
  return found;
}

interface Found {
  readonly joined: { room: Room; inFull: boolean }[];
  readonly left: { room: Room; inFull: boolean; until: number }[];
  readonly outside: MembershipRecord[];
}

async function place(
  context: SyncContext,
  found: Found,
  { record, room, since }: { record: MembershipRecord; room: Room; since: number },
): Promise<void> {
  const seen = await membershipAsOfNow(context, record, room);
  if (!seen) return;
  const { membership, position } = seen;
  const isInitial = context.since === undefined;
  const isNews = position > since || isInitial;
  if (membership === "join") {
    const inFull = isInitial || (isNews && !(await wasJoinedAt(context.rooms, room, record.userId, since)));
    found.joined.push({ room, inFull });
  } else if (membership === "invite" || membership === "knock") {
    const isTold = (isNews || context.fullState) && !isIgnoredInvite(record, context.ignored);
    // What comes with an invite or knock is there as long as it stands: another one is told in its turn.
    if (isTold && position === record.position) found.outside.push(record);
  } else if (isInitial ? context.filter.includeLeave : isNews || (context.fullState && context.filter.includeLeave)) {
    // Who had left before, and is banned now, knows the room up to then.
    const known = isInitial ? undefined : await memberAt(context.rooms, room, record.userId, since);
    const inFull = !known || ["invite", "knock"].includes(membershipOf(known));
    found.left.push({ room, inFull, until: position });
  }
}

/**
 * What the user was to the room up to where this answer tells. The table may know later: who has left meanwhile would be
 * told so without the event that says it, and who has joined would not be told what came before.
 */
async function membershipAsOfNow(
  { rooms, now }: SyncContext,
  record: MembershipRecord,
  room: Room,
): Promise<{ readonly membership: Membership; readonly position: number } | undefined> {
  if (record.position <= now.position) return record;
  const event = await memberAt(rooms, room, record.userId, now.position);
  return event && { membership: membershipOf(event), position: event.position };
}

async function memberAt(rooms: Rooms, room: Room, userId: string, position: number): Promise<StoredEvent | undefined> {
  return await rooms.stateEvent(await rooms.stateAt(room, position), "m.room.member", userId);
}

async function wasJoinedAt(rooms: Rooms, room: Room, userId: string, position: number): Promise<boolean> {
  return membershipOf(await memberAt(rooms, room, userId, position)) === "join";
}
