import { randomUUID } from "node:crypto";
import { type EventJson, path, type TestClient } from "../../../test/support/client.ts";
import type { TestHomeserver } from "../../../test/support/homeserver.ts";

/** `unsigned."m.relations"` as the tests look at it. */
export interface BundleJson {
  readonly "m.replace"?: EventJson;
  readonly "m.reference"?: { readonly chunk: readonly { readonly event_id: string }[] };
  readonly "m.thread"?: {
    readonly latest_event: EventJson;
    readonly count: number;
    readonly current_user_participated: boolean;
  };
}

/** What `/relations` and `/threads` answer. */
export interface ChunkJson {
  readonly chunk: readonly EventJson[];
  readonly next_batch?: string;
  readonly prev_batch?: string;
  readonly recursion_depth?: number;
}

/** `m.relates_to` of a child. */
export const relatesTo = (rel_type: string, event_id: string, more: object = {}): object => ({
  "m.relates_to": { rel_type, event_id, ...more },
});

/** Content of a message. */
export const text = { msgtype: "m.text", body: "text" };

/** Alice's public room, in which Bob is. */
export async function sharedRoom(homeserver: TestHomeserver, wishes: object = {}) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat", ...wishes });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

/** Sends an event; gives its ID. */
export async function send(
  user: TestClient,
  roomId: string,
  content: object,
  type = "m.room.message",
): Promise<string> {
  return (await user.put(path`rooms/${roomId}/send/${type}/${randomUUID()}`, content)).event_id;
}

/** Replies in a thread. */
export const reply = async (user: TestClient, roomId: string, root: string, body = "reply"): Promise<string> =>
  await send(user, roomId, { msgtype: "m.text", body, ...relatesTo("m.thread", root) });

/** Sends a replacement of an event. */
export const edit = async (user: TestClient, roomId: string, original: string, body: string): Promise<string> =>
  await send(user, roomId, {
    msgtype: "m.text",
    body: `* ${body}`,
    "m.new_content": { msgtype: "m.text", body },
    ...relatesTo("m.replace", original),
  });

/** Reacts to an event. */
export const react = async (user: TestClient, roomId: string, to: string, key: string): Promise<string> =>
  await send(user, roomId, relatesTo("m.annotation", to, { key }), "m.reaction");

/** Refers to an event. */
export const refer = async (user: TestClient, roomId: string, to: string): Promise<string> =>
  await send(user, roomId, relatesTo("m.reference", to), "org.example.reference");

/** Redacts an event. */
export async function redact(user: TestClient, roomId: string, eventId: string): Promise<void> {
  await user.put(path`rooms/${roomId}/redact/${eventId}/${randomUUID()}`);
}

/** An event as `/event` has it. */
export const eventOf = async (user: TestClient, roomId: string, eventId: string): Promise<EventJson> =>
  await user.get(path`rooms/${roomId}/event/${eventId}`);

/** What is bundled with an event. */
export function bundleOf(event: EventJson | undefined): BundleJson | undefined {
  const bundle: unknown = event?.unsigned?.["m.relations"];
  return isBundle(bundle) ? bundle : undefined;
}

const isBundle = (value: unknown): value is BundleJson => typeof value === "object" && value !== null;

/** What `/event` bundles with an event. */
export const bundled = async (user: TestClient, roomId: string, eventId: string): Promise<BundleJson | undefined> =>
  bundleOf(await eventOf(user, roomId, eventId));

/** `/relations` of an event. `kind` is the rest of the path. */
export async function relationsOf(
  user: TestClient,
  roomId: string,
  eventId: string,
  { kind = "", ...query }: Readonly<Record<string, string>> = {},
): Promise<ChunkJson> {
  const search = new URLSearchParams(query).toString();
  return await user.get(`${path`/_matrix/client/v1/rooms/${roomId}/relations/${eventId}`}${kind}?${search}`);
}

/** `/threads` of a room. */
export async function threadsOf(
  user: TestClient,
  roomId: string,
  query: Readonly<Record<string, string>> = {},
): Promise<ChunkJson> {
  return await user.get(`${path`/_matrix/client/v1/rooms/${roomId}/threads`}?${new URLSearchParams(query).toString()}`);
}

export const idsOf = ({ chunk }: { readonly chunk: readonly EventJson[] }): string[] =>
  chunk.map(({ event_id }) => event_id);

/** Has a user ignore others. */
export async function ignore(user: TestClient, ignored: readonly TestClient[]): Promise<void> {
  await user.put(path`user/${user.userId}/account_data/m.ignored_user_list`, {
    ignored_users: Object.fromEntries(ignored.map(({ userId }) => [userId, {}])),
  });
}
