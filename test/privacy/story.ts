/**
 * A room with a past: in each part of it something is said that only those may learn who see that part. Every text of a
 * part begins with `secret-<part>-`, wherever it stands: in messages, edits, replies, reactions, reasons, and in state
 * that holds for a while.
 */
import assert from "node:assert/strict";
import { type EventJson, path, type SyncJson, type TestClient } from "../support/client.ts";
import type { TestHomeserver } from "../support/homeserver.ts";

export const VISIBILITIES = ["world_readable", "shared", "invited", "joined"] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** The parts of the past, in their order. Between them the people below come and go. */
export const PARTS = ["early", "invited", "together", "late"] as const;
export type Part = (typeof PARTS)[number];

/**
 * - `member` is there from the start, and stays;
 * - `newcomer` is invited after `early` and joins after `invited`;
 * - `returner` is there from the start, leaves after `early`, and is back before `late`;
 * - `leaver` and `banned` are there from the start, and gone before `late`;
 * - `invitee` is invited after `early`, and that is all; `decliner` is too, and declines before `together`;
 * - `stranger` and `guest` were never there.
 */
export const PEOPLE = [
  "member",
  "newcomer",
  "returner",
  "leaver",
  "banned",
  "invitee",
  "decliner",
  "stranger",
  "guest",
] as const;
export type Person = (typeof PEOPLE)[number];

/** Somebody, with the tokens of the syncs before each part and at the end. */
export interface Someone {
  readonly client: TestClient;
  readonly tokens: string[];
}

export interface Story {
  /** Who made the room, and said all of it. */
  readonly owner: TestClient;
  readonly roomId: string;
  readonly alias: string;
  readonly spaceId: string;
  readonly people: Readonly<Record<Person, Someone>>;
  /** All events of the room, as its creator sees them. */
  readonly eventIds: readonly string[];
  /** Those of them by which more than themselves may come out: what has children, was redacted, is state of others. */
  readonly notableIds: readonly string[];
  /** What `sync` told each person in between. */
  readonly told: ReadonlyMap<Person, readonly SyncJson[]>;
}

type Clients = Readonly<Record<Person, TestClient>>;

/** Lets a room have its past. */
export async function tellStory(homeserver: TestHomeserver, visibility: Visibility): Promise<Story> {
  const owner = await homeserver.register("owner");
  const localpart = owner.userId.slice(1, owner.userId.indexOf(":"));
  const entries = await Promise.all(
    PEOPLE.map(async (name) => [name, await homeserver.register(name, { isGuest: name === "guest" })] as const),
  );
  const clients = byPerson(new Map(entries));
  const roomId = await owner.createRoom({
    room_alias_name: localpart,
    visibility: "public",
    preset: "private_chat",
    initial_state: [
      { type: "m.room.history_visibility", content: { history_visibility: visibility } },
      { type: "m.room.guest_access", content: { guest_access: "can_join" } },
    ],
  });
  const spaceId = await owner.createRoom({ creation_content: { type: "m.space" }, preset: "public_chat" });
  await owner.setState(spaceId, "m.space.child", { via: ["test"] }, roomId);
  const telling = { owner, clients, roomId, syncs: new Map<Person, SyncJson[]>(), tokens: new Map<Person, string[]>() };
  await live(telling);
  const events = await owner.messages(roomId, { limit: "1000" });
  const alias = `#${localpart}:test`;
  const people = byPerson(
    new Map(PEOPLE.map((name) => [name, { client: clients[name], tokens: telling.tokens.get(name) ?? [] }])),
  );
  const notable = events.chunk.filter((event) => isNotable(event, owner.userId));
  const [eventIds, notableIds] = [events.chunk, notable].map((list) => list.map((event) => event.event_id));
  return {
    owner,
    roomId,
    alias,
    spaceId,
    people,
    eventIds: eventIds ?? [],
    notableIds: notableIds ?? [],
    told: telling.syncs,
  };
}

function isNotable({ type, state_key: key, unsigned = {} }: EventJson, ownerId: string): boolean {
  const hasMore = "m.relations" in unsigned || "redacted_because" in unsigned;
  return hasMore || type === "test.state" || (type === "m.room.member" && key !== ownerId);
}

/** One value for each person. */
function byPerson<T>(values: ReadonlyMap<Person, T>): Readonly<Record<Person, T>> {
  const of = (person: Person): T => {
    const value = values.get(person);
    assert.ok(value !== undefined, person);
    return value;
  };
  return {
    member: of("member"),
    newcomer: of("newcomer"),
    returner: of("returner"),
    leaver: of("leaver"),
    banned: of("banned"),
    invitee: of("invitee"),
    decliner: of("decliner"),
    stranger: of("stranger"),
    guest: of("guest"),
  };
}

interface Telling {
  readonly owner: TestClient;
  readonly clients: Clients;
  readonly roomId: string;
  readonly syncs: Map<Person, SyncJson[]>;
  readonly tokens: Map<Person, string[]>;
}

async function live(telling: Telling): Promise<void> {
  const { owner, clients, roomId } = telling;
  const { member, newcomer, returner, leaver, banned, invitee, decliner } = clients;
  for (const client of [member, returner, leaver, banned]) await letIn(owner, client, roomId);
  await everybodySyncs(telling);
  await fill(telling, "early");
  await owner.setState(roomId, "test.state", { body: "nothing" });
  await returner.leave(roomId);
  // What holds when they are invited is theirs where what follows is, though it was set before.
  await owner.setState(roomId, "test.state", { body: "secret-invited-held" });
  for (const client of [newcomer, invitee, decliner]) await owner.tell("invite", roomId, client);
  await everybodySyncs(telling);
  await fill(telling, "invited");
  await owner.setState(roomId, "test.state", { body: "nothing" });
  await decliner.leave(roomId);
  await newcomer.join(roomId);
  await everybodySyncs(telling);
  const toRedact = await owner.say(roomId, "to be redacted later");
  await fill(telling, "together");
  await owner.setState(roomId, "test.state", { body: "nothing" });
  await leaver.leave(roomId);
  await owner.tell("ban", roomId, banned);
  await letIn(owner, returner, roomId);
  await everybodySyncs(telling);
  await fill(telling, "late");
  // What is said of an earlier part belongs to the later one.
  await owner.put(path`rooms/${roomId}/redact/${toRedact}/late`, { reason: "secret-late-redaction" });
  await owner.setState(roomId, "test.state", { body: "nothing" });
  await everybodySyncs(telling);
}

async function letIn(owner: TestClient, client: TestClient, roomId: string): Promise<void> {
  await owner.tell("invite", roomId, client);
  await client.join(roomId);
}

/** Says, changes and relates everything that there is, within one part. The last state of the part goes on to hold. */
async function fill({ owner, roomId }: Telling, part: Part): Promise<void> {
  const secret = (what: string): string => `secret-${part}-${what}`;
  const send = async (type: string, content: unknown): Promise<string> =>
    (await owner.put(path`rooms/${roomId}/send/${type}/${`${part}-${type}-${Math.random()}`}`, content)).event_id;
  await owner.say(roomId, secret("message"));
  const root = await owner.say(roomId, secret("root"));
  for (const parent of [root, await firstOf(owner, roomId)]) {
    await send("m.room.message", relates("m.thread", parent, secret("reply")));
    await send("m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id: parent, key: secret("key") } });
    await send("m.room.message", relates("m.reference", parent, secret("reference")));
  }
  const edited = await owner.say(roomId, secret("original"));
  await send("m.room.message", {
    ...relates("m.replace", edited, secret("edit")),
    "m.new_content": { msgtype: "m.text", body: secret("edit") },
  });
  const redacted = await owner.say(roomId, "to be redacted");
  await owner.put(path`rooms/${roomId}/redact/${redacted}/${part}`, { reason: secret("reason") });
  const state = { body: secret("state") };
  await owner.setState(roomId, "test.state", state);
  const profile = await owner.state(roomId, "m.room.member", owner.userId);
  await owner.setState(roomId, "m.room.member", { ...profile, displayname: secret("name") }, owner.userId);
  await owner.setState(roomId, "m.room.member", { membership: "join", displayname: "Owner" }, owner.userId);
}

/** The first thing said in the room: what hidden events of later parts relate to. */
async function firstOf(owner: TestClient, roomId: string): Promise<string> {
  const filter = JSON.stringify({ types: ["m.room.message"] });
  const [event] = (await owner.messages(roomId, { dir: "f", limit: "1", filter })).chunk;
  return event?.event_id ?? "$none";
}

const relates = (relType: string, parent: string, body: string): object => ({
  msgtype: "m.text",
  body,
  "m.relates_to": { rel_type: relType, event_id: parent },
});

/** Everybody goes on with the sync from where the last one ended. */
async function everybodySyncs({ clients, syncs, tokens }: Telling): Promise<void> {
  await Promise.all(
    PEOPLE.map(async (name) => {
      const known = tokens.get(name) ?? [];
      const since = known.at(-1);
      const answer = await clients[name].sync(since === undefined ? {} : { since });
      tokens.set(name, [...known, answer.next_batch]);
      syncs.set(name, [...(syncs.get(name) ?? []), answer]);
    }),
  );
}
