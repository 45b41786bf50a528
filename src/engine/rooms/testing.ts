import type { Bus } from "../../bus/bus.ts";
import { inProcessBus } from "../../bus/in-process.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { roomVersion } from "../../protocol/room-versions/index.ts";
import { makeSigningKey } from "../../protocol/signing/crypto.ts";
import type { Database } from "../../store/sql.ts";
import { type Engine, openEngine } from "../engine.ts";
import { SetClock } from "../users/testing.ts";
import type { Membership } from "./memberships.store.ts";
import type { EventDraft, RoomWriter } from "./room-writer.ts";
import type { Rooms } from "./rooms.ts";
import type { StoredEvent } from "./stored-event.ts";

/** The name of the server under test. */
export const testServer = "test";
export const testKey = makeSigningKey(new Uint8Array(32).fill(7), "ed25519:test");

/** Makes every room unless another is named. */
export const creator = "@creator:test";
export const alice = "@alice:test";
export const bob = "@bob:test";

/** How a room begins. */
export interface RoomParts {
  /** 12 unless given. */
  readonly version?: string;
  readonly creator?: string;
  /** `public_chat` unless given, so that anybody may join. */
  readonly preset?: "public_chat" | "private_chat";
  readonly historyVisibility?: "world_readable" | "shared" | "invited" | "joined";
  /** Replaces whole members of the power levels. */
  readonly powerLevels?: JsonObject;
  /** These join, or are invited by the creator where nobody may just join, and join. */
  readonly members?: readonly string[];
}

/** An engine over a real database, with a clock that stands still and a key that is always the same. */
export interface TestEngine extends Engine {
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: SetClock;
  /** Another engine over the same database, with nothing in memory: as after a restart. */
  reopen(): Promise<TestEngine>;
  /** Makes a room, in one transaction. */
  room(parts?: RoomParts): Promise<TestRoom>;
  /** A room that is there already. */
  existing(roomId: string, userId?: string): TestRoom;
}

/** Opens an engine over a migrated database. */
export async function openEngineForTest(database: Database, clock = new SetClock()): Promise<TestEngine> {
  const bus = inProcessBus();
  const engine = await openEngine({ database, bus, clock, serverName: testServer, signingKey: testKey });
  const existing = (roomId: string, userId = creator): TestRoom => new TestRoom(engine.rooms, roomId, userId);
  return {
    ...engine,
    database,
    bus,
    clock,
    reopen: async () => {
      await engine.partitions.drained();
      return await openEngineForTest(database, clock);
    },
    room: async (parts = {}) => existing(await makeRoom(engine.rooms, parts), parts.creator),
    existing,
  };
}

async function makeRoom(rooms: Rooms, parts: RoomParts): Promise<string> {
  const { version = "12", creator: userId = creator } = parts;
  const rules = roomVersion(version);
  if (!rules) throw new Error(`There is no room version ${version}`);
  const content = { room_version: version, ...(rules.creatorInContent ? { creator: userId } : {}) };
  const users = rules.creatorsHaveInfinitePower ? {} : { [userId]: 100 };
  const { roomId } = await rooms.create({ rules, creator: userId, content, isPublished: false }, (writer) =>
    fill(writer, parts, { userId, users }),
  );
  return roomId;
}

function fill(writer: RoomWriter, parts: RoomParts, begin: { userId: string; users: JsonObject }): void {
  const { preset = "public_chat", historyVisibility, powerLevels = {}, members = [] } = parts;
  const { userId: sender, users } = begin;
  const isPublic = preset === "public_chat";
  const state = (type: string, content: JsonObject): StoredEvent =>
    writer.append({ type, stateKey: "", sender, content });
  writer.append(membership(sender, sender, "join"));
  state("m.room.power_levels", { users, invite: 0, events: { "m.room.tombstone": 150 }, ...powerLevels });
  state("m.room.join_rules", { join_rule: isPublic ? "public" : "invite" });
  if (historyVisibility !== undefined) {
    state("m.room.history_visibility", { history_visibility: historyVisibility });
  }
  for (const member of members) {
    if (!isPublic) writer.append(membership(sender, member, "invite"));
    writer.append(membership(member, member, "join"));
  }
}

const membership = (sender: string, stateKey: string, value: Membership): EventDraft => ({
  type: "m.room.member",
  sender,
  stateKey,
  content: { membership: value },
});

/** A room with what people do in it. Every method sends one event and resolves when it is durable. */
export class TestRoom {
  readonly roomId: string;
  readonly creator: string;
  readonly #rooms: Rooms;

  constructor(rooms: Rooms, roomId: string, userId: string) {
    this.#rooms = rooms;
    this.roomId = roomId;
    this.creator = userId;
  }

  async send(draft: EventDraft): Promise<StoredEvent> {
    return await this.#rooms.send(this.roomId, draft);
  }

  async say(sender: string, body: string, txnKey?: string): Promise<StoredEvent> {
    const draft = { type: "m.room.message", sender, content: { msgtype: "m.text", body } };
    return await this.send(txnKey === undefined ? draft : { ...draft, txnKey });
  }

  /** Sets state in the name of the creator. */
  async set(type: string, content: JsonObject, stateKey = ""): Promise<StoredEvent> {
    return await this.send({ type, stateKey, sender: this.creator, content });
  }

  async redact(sender: string, redacts: StoredEvent): Promise<StoredEvent> {
    return await this.send({ type: "m.room.redaction", sender, content: {}, redacts });
  }

  async join(userId: string): Promise<StoredEvent> {
    return await this.send(membership(userId, userId, "join"));
  }

  async leave(userId: string): Promise<StoredEvent> {
    return await this.send(membership(userId, userId, "leave"));
  }

  /** The creator invites somebody. */
  async invite(userId: string): Promise<StoredEvent> {
    return await this.send(membership(this.creator, userId, "invite"));
  }

  /** The creator makes somebody leave. */
  async kick(userId: string): Promise<StoredEvent> {
    return await this.send(membership(this.creator, userId, "leave"));
  }

  /** The creator bans somebody. */
  async ban(userId: string): Promise<StoredEvent> {
    return await this.send(membership(this.creator, userId, "ban"));
  }
}
