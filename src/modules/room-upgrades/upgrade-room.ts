/*
 * How this works. The new room with all of its state, the tombstone, the aliases and the directory are one transaction: a
 * crash leaves all of it or nothing. Within it, whichever of the two rooms' IDs the other one needs comes first: up to
 * room version 11 the create event names the tombstone by its ID; since version 12 the room ID is the create event's
 * hash, so that it cannot, and the tombstone comes last.
 */
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { EventDraft, RoomWriter } from "../../engine/rooms/room-writer.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { forbidden, invalidRoomState, MatrixError } from "../../http/errors.ts";
import { eventLevel, powerLevelsOf, userLevel } from "../../protocol/auth/power-levels.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import type { Sql } from "../../store/sql.ts";
import type { Aliases } from "../room-aliases/index.ts";
import { appendMembership, memberContent, type ProfileOf } from "../room-membership/index.ts";
import { closedLevels, successorLevels } from "./power-levels.ts";
import { type CopiedState, keyedStateOf, plainStateOf } from "./replaced-room.ts";

export interface Needs {
  readonly rooms: Rooms;
  readonly sql: Sql;
  readonly aliases: Pick<Aliases, "moveAll">;
  readonly profileOf: ProfileOf;
}

interface Upgrade {
  readonly room: Room;
  readonly userId: string;
  readonly rules: RoomVersionRules;
  /** Creators of the new room beside the user; empty where the version has none. */
  readonly additionalCreators: readonly string[];
}

/**
 * Replaces a room by one of another version.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-16
 * @returns the ID of the new room
 * @throws MatrixError `M_FORBIDDEN` when the user may not replace the room
 */
export async function upgradeRoom(needs: Needs, upgrade: Upgrade): Promise<string> {
  const { rooms, sql, profileOf } = needs;
  const { room, userId } = upgrade;
  await rooms.read(room.roomId, (current) => requireMayUpgrade(current, userId));
  const [keyed, profile] = await Promise.all([keyedStateOf(rooms, sql, room), profileOf(userId)]);
  return await rooms.write(room.roomId, (old, tx) => {
    requireMayUpgrade(old, userId);
    const made = replace(needs, { old, tx, upgrade, keyed, profile: memberContent(profile) });
    needs.aliases.moveAll(tx, room.roomId, made);
    close(old, userId);
    return made;
  });
}

/** Said before anything is made: who may replace the room is who may send its tombstone. */
function requireMayUpgrade(room: Pick<RoomWriter, "state" | "rules">, userId: string): void {
  const levels = powerLevelsOf({ get: (type, stateKey) => room.state(type, stateKey) }, room.rules);
  const isJoined = membershipOf(room.state("m.room.member", userId)) === "join";
  if (isJoined && userLevel(levels, userId) >= eventLevel(levels, "m.room.tombstone", true)) return;
  throw forbidden("You may not upgrade this room");
}

interface Replacing {
  readonly old: RoomWriter;
  readonly tx: Tx;
  readonly upgrade: Upgrade;
  readonly keyed: readonly CopiedState[];
  readonly profile: JsonObject;
}

/** Makes the new room and sends the tombstone. */
function replace({ rooms }: Needs, replacing: Replacing): string {
  const { old, tx, upgrade } = replacing;
  const { rules, userId: creator } = upgrade;
  const { isPublished } = old;
  const make = (roomId: string | undefined, predecessor: JsonObject): string => {
    const content = createContent(replacing, predecessor);
    const newRoom = { rules, creator, isPublished, content, ...(roomId !== undefined && { roomId }) };
    return rooms.createIn(tx, newRoom, (writer) => fill(writer, replacing)).roomId;
  };
  const bury = (roomId: string): string =>
    old.append({
      type: "m.room.tombstone",
      stateKey: "",
      sender: creator,
      content: { body: "This room has been replaced", replacement_room: roomId },
    }).eventId;
  if (!rules.roomIdIsCreateHash) {
    const roomId = rooms.newRoomId();
    return make(roomId, { room_id: old.roomId, event_id: bury(roomId) });
  }
  const roomId = make(undefined, { room_id: old.roomId });
  bury(roomId);
  return roomId;
}

function createContent({ old, upgrade }: Replacing, predecessor: JsonObject): JsonObject {
  const { rules, userId, additionalCreators } = upgrade;
  const { type, "m.federate": federate } = old.state("m.room.create", "")?.pdu.content ?? {};
  return {
    room_version: rules.id,
    ...(rules.creatorInContent && { creator: userId }),
    ...(additionalCreators.length > 0 && { additional_creators: additionalCreators }),
    ...(type !== undefined && { type }),
    ...(federate !== undefined && { "m.federate": federate }),
    predecessor,
  };
}

function fill(writer: RoomWriter, { old, upgrade, keyed, profile }: Replacing): void {
  const { userId: sender, rules, additionalCreators } = upgrade;
  const { infinite } = powerLevelsOf({ get: (type, stateKey) => old.state(type, stateKey) }, old.rules);
  const { first, lasting } = successorLevels({
    old: old.state("m.room.power_levels", "")?.pdu.content ?? { users: { [sender]: 100 } },
    oldRules: old.rules,
    newRules: rules,
    creators: [sender, ...additionalCreators],
    upgrader: sender,
    isAboveLevels: infinite.has(sender),
  });
  const { roomId } = writer;
  appendMembership(writer, { roomId, sender, target: sender, membership: "join", content: profile });
  const levels = { type: "m.room.power_levels", stateKey: "", sender };
  if (!appendIfAllowed(writer, { ...levels, content: first })) {
    throw invalidRoomState(`Room version ${rules.id} does not take the power levels of this room`);
  }
  for (const state of [...plainStateOf((type, key) => old.state(type, key)), ...keyed]) {
    if (state.stateKey !== sender) appendIfAllowed(writer, { ...state, sender });
  }
  if (lasting !== first) writer.append({ ...levels, content: lasting });
}

/** Says in the old room, as far as the user may, that it is over: it loses its alias, its place in the directory and its voice. */
function close(old: RoomWriter, sender: string): void {
  if (old.isPublished) old.setPublished(false);
  const alias = old.state("m.room.canonical_alias", "");
  if (alias && Object.keys(alias.pdu.content).length > 0) {
    appendIfAllowed(old, { type: "m.room.canonical_alias", stateKey: "", sender, content: {} });
  }
  const levels = closedLevels(old.state("m.room.power_levels", "")?.pdu.content ?? {}, old.rules);
  if (levels) appendIfAllowed(old, { type: "m.room.power_levels", stateKey: "", sender, content: levels });
}

/** What the room's version or its power levels refuse is left out: an event is checked before anything is written of it. */
function appendIfAllowed(writer: RoomWriter, draft: EventDraft): boolean {
  try {
    writer.append(draft);
    return true;
  } catch (error) {
    if (error instanceof MatrixError) return false;
    throw error;
  }
}
