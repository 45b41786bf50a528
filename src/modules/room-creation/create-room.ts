import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { roomVersion } from "../../protocol/room-versions/index.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import type { RoomWriter } from "../../engine/rooms/room-writer.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { invalidParam, invalidRoomState, MatrixError, roomInUse, unsupportedRoomVersion } from "../../http/errors.ts";
import { parseRoomAlias } from "../../protocol/ids/ids.ts";
import type { Aliases } from "../room-aliases/index.ts";
import { appendMembership, checkInvitee, memberContent, type ProfileOf } from "../room-membership/index.ts";
import { type InitialState, powerLevels, type Preset, presetState } from "./initial-state.ts";

/** What somebody wants of a new room. */
export interface RoomWishes {
  readonly creator: string;
  readonly preset: Preset;
  readonly version: string;
  readonly creationContent: JsonObject;
  readonly powerLevelOverride: JsonObject;
  readonly initialState: readonly InitialState[];
  readonly name: string | undefined;
  readonly topic: string | undefined;
  readonly aliasLocalpart: string | undefined;
  readonly invite: readonly string[];
  readonly isDirect: boolean;
  /** Whether the room directory shows it. */
  readonly isPublished: boolean;
}

export interface CreationNeeds {
  readonly rooms: Rooms;
  readonly aliases: Aliases;
  readonly serverName: string;
  readonly profileOf: ProfileOf;
}

/**
 * Makes a room with everything wished for, in one transaction: it is there as a whole or not at all.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3createroom (the order of the events)
 * @param beside writes in the same transaction
 * @returns the room's ID
 */
export async function createRoom(
  needs: CreationNeeds,
  wishes: RoomWishes,
  beside?: (tx: Tx, roomId: string) => void,
): Promise<string> {
  const rules = roomVersion(wishes.version);
  if (!rules) throw unsupportedRoomVersion(`Room version ${wishes.version} is not supported`);
  for (const userId of [...wishes.invite, ...invitedIn(wishes.initialState)]) checkInvitee(needs, userId);
  const alias = await freeAlias(needs, wishes.aliasLocalpart);
  const profiles = await profilesOf(needs, [wishes.creator, ...wishes.invite]);
  const { creator, isPublished } = wishes;
  try {
    const { roomId } = await needs.rooms.create(
      { rules, creator, isPublished, content: createContent(wishes, rules) },
      (writer, tx) => {
        fill(writer, { wishes, rules, alias, profiles });
        beside?.(tx, writer.roomId);
        if (alias !== undefined) needs.aliases.reserve(tx, { alias, roomId: writer.roomId, creator });
      },
    );
    return roomId;
  } catch (error) {
    // What was wished for contradicts itself, e.g. power levels under which the creator may not set the name.
    if (error instanceof MatrixError && error.errcode === "M_FORBIDDEN") throw invalidRoomState(error.message);
    if (error instanceof MatrixError) throw error;
    // Somebody took the alias at the same time.
    await freeAlias(needs, wishes.aliasLocalpart);
    throw error;
  }
}

/** Whom the initial state invites, beside those who are to be invited. */
const invitedIn = (state: readonly InitialState[]): string[] =>
  state
    .filter(({ type, content }) => type === "m.room.member" && content["membership"] === "invite")
    .map(({ stateKey }) => stateKey);

interface Filling {
  readonly wishes: RoomWishes;
  readonly rules: RoomVersionRules;
  readonly alias: string | undefined;
  readonly profiles: ReadonlyMap<string, JsonObject>;
}

function fill(writer: RoomWriter, { wishes, rules, alias, profiles }: Filling): void {
  const { creator, invite, isDirect } = wishes;
  const roomId = writer.roomId;
  appendMembership(writer, {
    roomId,
    sender: creator,
    target: creator,
    membership: "join",
    content: profiles.get(creator) ?? {},
  });
  for (const { type, stateKey, content } of stateOf(wishes, rules, alias)) {
    writer.append({ type, stateKey, content, sender: creator });
  }
  for (const target of invite) {
    if (target === creator) continue;
    const content = { ...profiles.get(target), ...(isDirect ? { is_direct: true } : {}) };
    appendMembership(writer, { roomId, sender: creator, target, membership: "invite", content });
  }
}

/** The state events after the creator's join, in the order of the specification. */
function stateOf(wishes: RoomWishes, rules: RoomVersionRules, alias: string | undefined): InitialState[] {
  const { creator, preset, invite, powerLevelOverride: override, initialState, name, topic } = wishes;
  const trusted = preset === "trusted_private_chat" ? invite : [];
  const overridden = new Set(initialState.map(({ type, stateKey }) => `${type}|${stateKey}`));
  const state = [powerLevels({ rules, creator, trusted, override })];
  if (alias !== undefined) state.push({ type: "m.room.canonical_alias", stateKey: "", content: { alias } });
  state.push(...presetState(preset), ...initialState);
  if (name !== undefined) state.push({ type: "m.room.name", stateKey: "", content: { name } });
  if (topic !== undefined) state.push({ type: "m.room.topic", stateKey: "", content: topicContent(topic) });
  return state.filter((event, index) => !isOverridden(event, index, { overridden, initialState, state }));
}

/** An event of the preset or the power levels gives way to one of `initial_state` with the same type and state key. */
function isOverridden(
  event: InitialState,
  index: number,
  {
    overridden,
    initialState,
    state,
  }: { overridden: ReadonlySet<string>; initialState: readonly InitialState[]; state: readonly InitialState[] },
): boolean {
  const firstOfInitial = state.findIndex((other) => other === initialState[0]);
  return index < firstOfInitial && overridden.has(`${event.type}|${event.stateKey}`);
}

function createContent(
  { creator, creationContent, version, preset, invite }: RoomWishes,
  rules: RoomVersionRules,
): JsonObject {
  const { creator: _, room_version: __, ...given } = creationContent;
  const content = { ...given, room_version: version, ...(rules.creatorInContent ? { creator } : {}) };
  if (!rules.creatorsHaveInfinitePower || preset !== "trusted_private_chat" || invite.length === 0) return content;
  const named = given["additional_creators"] ?? [];
  // Refused as what it is by the rules for the create event.
  if (!Array.isArray(named)) return content;
  const additional = new Set<JsonValue>([...named, ...invite]);
  additional.delete(creator);
  return { ...content, additional_creators: [...additional] };
}

/** Since v1.15 a topic is said in a richer form as well. */
const topicContent = (topic: string): JsonObject => ({
  topic,
  "m.topic": { "m.text": [{ body: topic, mimetype: "text/plain" }] },
});

async function freeAlias(
  { aliases, serverName }: CreationNeeds,
  localpart: string | undefined,
): Promise<string | undefined> {
  if (localpart === undefined) return undefined;
  const alias = `#${localpart}:${serverName}`;
  if (!parseRoomAlias(alias) || localpart.includes(":"))
    throw invalidParam("`room_alias_name` is the part before the colon alone");
  if (await aliases.byAlias(alias)) throw roomInUse(`${alias} is taken`);
  return alias;
}

async function profilesOf({ profileOf }: CreationNeeds, userIds: readonly string[]): Promise<Map<string, JsonObject>> {
  const profiles = await Promise.all(
    userIds.map(async (userId) => [userId, memberContent(await profileOf(userId))] as const),
  );
  return new Map(profiles);
}
