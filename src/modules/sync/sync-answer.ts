import type { RoomAddition, SectionRequest } from "../../engine/streams/section.ts";
import { formatSyncToken } from "../../engine/streams/sync-token.ts";
import type { Room } from "../../engine/rooms/room.ts";
import { accessTo } from "../../engine/rooms/visibility.ts";
import type { MembershipRecord } from "../../engine/rooms/memberships.store.ts";
import { Turns } from "../../engine/turns.ts";
import { joinedRoomPieces, leftRoomPieces, type RoomPart, roomPart } from "./joined-room.ts";
import { type RoomsToTell, roomsToTell } from "./rooms-to-tell.ts";
import { type AtTop, type OfRooms, type Sections, wantedOf } from "./sections.ts";
import type { SyncContext } from "./sync-context.ts";

/** A sync answer, and whether it has anything to tell. */
export interface SyncAnswer {
  /** One after another they are the JSON text. What they tell is settled; that they are made may wait. */
  readonly pieces: AsyncGenerator<string, void>;
  readonly isEmpty: boolean;
}

/** Rooms that the user is the same to, with the pieces of what is told of each. */
interface Group {
  readonly name: "join" | "invite" | "knock" | "leave";
  readonly rooms: readonly (readonly [roomId: string, pieces: Pieces])[];
}

type Pieces = Iterable<string> | AsyncIterable<string>;

/** Makes the answer: the rooms, and what the modules' sections add to them and beside them. */
export async function syncAnswer(context: SyncContext, sections: Sections): Promise<SyncAnswer> {
  const request = sectionRequest(context);
  const toTell = await roomsToTell(context);
  // A room that the client does not know wants all that the sections have of it, whether or not it changed.
  const isAnyInFull = toTell.joined.some(({ inFull }) => inFull);
  const ofRooms = isAnyInFull ? sections.ofRooms : wantedOf(sections.ofRooms, context);
  const additions = await roomAdditions(ofRooms, request, toTell);
  const everyRoom: EveryRoom = async (roomIds) => await additionsToEvery(sections, request, roomIds);
  const groups = await roomGroups(context, toTell, { additions, everyRoom });
  const { members, toDeviceUpTo } = await topAdditions(wantedOf(sections.atTop, context), request);
  const next = toDeviceUpTo === undefined ? context.now : { ...context.now, toDevice: toDeviceUpTo };
  const isEmpty = members.length === 0 && groups.length === 0;
  members.unshift(`"next_batch":"${formatSyncToken(next)}"`);
  const last: string[] = [];
  for (const section of sections.ofEveryAnswer) pushAll(last, await section.everyAnswer(request));
  return { pieces: answerPieces(members, groups, last), isEmpty };
}

async function* answerPieces(
  first: readonly string[],
  groups: readonly Group[],
  last: readonly string[],
): AsyncGenerator<string, void> {
  let text = `{${first.join(",")}`;
  const turns = new Turns();
  for (const [index, { name, rooms }] of groups.entries()) {
    text += `${index === 0 ? ',"rooms":{' : ","}"${name}":{`;
    let comma = "";
    for (const [roomId, pieces] of rooms) {
      await turns.next();
      text += `${comma}${JSON.stringify(roomId)}:`;
      comma = ",";
      for await (const piece of pieces) {
        yield text + piece;
        text = "";
      }
    }
    text += "}";
  }
  if (groups.length > 0) text += "}";
  yield `${[text, ...last].join(",")}}`;
}

/** Members of the answer beside the rooms, as JSON texts, and how far the device is told its messages. */
async function topAdditions(sections: readonly AtTop[], request: SectionRequest) {
  const members: string[] = [];
  if (sections.length === 0) return { members, toDeviceUpTo: undefined };
  const tops = await Promise.all(sections.map(async (section) => await section.top(request)));
  for (const top of tops) pushAll(members, top.members ?? {});
  return { members, toDeviceUpTo: tops.find((top) => top.toDeviceUpTo !== undefined)?.toDeviceUpTo };
}

function pushAll(members: string[], added: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(added)) members.push(`"${name}":${text}`);
}

function sectionRequest({ viewer, since, now, changes, fullState, filter }: SyncContext): SectionRequest {
  return {
    ...viewer,
    since: fullState ? undefined : since,
    acknowledged: since,
    now,
    changes: fullState ? undefined : changes,
    keeps: filter.keeps,
    unreadThreadNotifications: filter.unreadThreadNotifications,
    limitOf: filter.limitOf,
  };
}

async function roomAdditions(
  sections: readonly OfRooms[],
  request: SectionRequest,
  toTell: RoomsToTell,
): Promise<ReadonlyMap<string, RoomAddition>> {
  const inFull = toTell.joined.filter((told) => told.inFull).map(({ room }) => room.roomId);
  const merged = new Map<string, RoomAddition>();
  for (const section of sections) mergeInto(merged, await section.rooms(request, inFull));
  return merged;
}

/** What the sections add to joined rooms that are told anyway. */
type EveryRoom = (roomIds: readonly string[]) => Promise<ReadonlyMap<string, RoomAddition>>;

async function additionsToEvery(
  sections: Sections,
  request: SectionRequest,
  roomIds: readonly string[],
): Promise<ReadonlyMap<string, RoomAddition>> {
  const merged = new Map<string, RoomAddition>();
  if (roomIds.length === 0) return merged;
  for (const section of sections.ofEveryRoom) mergeInto(merged, await section.everyRoom(request, roomIds));
  return merged;
}

function mergeInto(merged: Map<string, RoomAddition>, additions: Iterable<readonly [string, RoomAddition]>): void {
  for (const [roomId, addition] of additions) merged.set(roomId, merge(merged.get(roomId), addition));
}

const merge = (a: RoomAddition | undefined, b: RoomAddition): RoomAddition => ({
  ephemeral: [...(a?.ephemeral ?? []), ...(b.ephemeral ?? [])],
  accountData: [...(a?.accountData ?? []), ...(b.accountData ?? [])],
  members: { ...a?.members, ...b.members },
});

interface Added {
  /** What made the sections tell of a room, or what they tell when it is told in full. */
  readonly additions: ReadonlyMap<string, RoomAddition>;
  readonly everyRoom: EveryRoom;
}

/** Those groups that have a room to tell. */
async function roomGroups(context: SyncContext, toTell: RoomsToTell, added: Added): Promise<readonly Group[]> {
  const groups: readonly Group[] = [
    { name: "join", rooms: await joinedRooms(context, toTell, added) },
    { name: "invite", rooms: outsideRooms(toTell.outside, "invite", "invite_state") },
    { name: "knock", rooms: outsideRooms(toTell.outside, "knock", "knock_state") },
    { name: "leave", rooms: await leftRooms(context, toTell) },
  ];
  return groups.filter(({ rooms }) => rooms.length > 0);
}

async function joinedRooms(
  context: SyncContext,
  { joined }: RoomsToTell,
  { additions, everyRoom }: Added,
): Promise<Group["rooms"]> {
  const parts = new Map<string, RoomPart>();
  const looked = new Set<string>();
  const turns = new Turns();
  for (const { room, inFull } of joined) {
    await turns.next();
    looked.add(room.roomId);
    const part = (!inFull && (await context.sharedParts.of(context, room))) || (await wholePart(context, room, inFull));
    const isQuiet = !additions.has(room.roomId) && part.timeline.events.length === 0 && part.state.length === 0;
    if (inFull || context.fullState || !isQuiet) parts.set(room.roomId, part);
  }
  for (const roomId of additions.keys()) {
    if (looked.has(roomId) || !context.filter.keepsRoom(roomId)) continue;
    const part = await quietRoomPart(context, roomId);
    if (part) parts.set(roomId, part);
  }
  const toEvery = await everyRoom([...parts.keys()]);
  return [...parts].map(([roomId, part]) => {
    const addition = merge(additions.get(roomId), toEvery.get(roomId) ?? {});
    return [roomId, joinedRoomPieces(context, part, addition)];
  });
}

async function wholePart(context: SyncContext, room: Room, inFull: boolean): Promise<RoomPart> {
  const access = await accessTo(context.rooms, room, context.viewer.userId);
  return await roomPart(context, { room, access, inFull, until: Number.POSITIVE_INFINITY });
}

/** A room in which nothing happened but what the modules add; `undefined` when the user is not in it any more. */
async function quietRoomPart(context: SyncContext, roomId: string): Promise<RoomPart | undefined> {
  const room = await context.rooms.get(roomId);
  if (!room) return undefined;
  const access = await accessTo(context.rooms, room, context.viewer.userId);
  if (access.membership !== "join") return undefined;
  return await roomPart(context, { room, access, inFull: false, until: Number.POSITIVE_INFINITY });
}

async function leftRooms(context: SyncContext, { left }: RoomsToTell): Promise<Group["rooms"]> {
  const told: [string, Pieces][] = [];
  for (const { room, inFull, until } of left) {
    const access = await accessTo(context.rooms, room, context.viewer.userId);
    const part = await roomPart(context, { room, access, inFull, until });
    told.push([room.roomId, leftRoomPieces(context, part)]);
  }
  return told;
}

function outsideRooms(records: readonly MembershipRecord[], membership: string, member: string): Group["rooms"] {
  return records
    .filter((record) => record.membership === membership)
    .map(({ roomId, strippedState }) => [roomId, [JSON.stringify({ [member]: { events: strippedState } })]]);
}
