/** What is said in an encrypted room, with all that hangs on messages, and whether a device reads it. */
import assert from "node:assert/strict";
import { EventType, MsgType, RelationType } from "matrix-js-sdk";
import { untilReadable } from "./encrypted-user.ts";
import type { SdkUser } from "./sdk-user.ts";

/** The devices that talk, and where. */
interface Talkers {
  readonly roomId: string;
  readonly laptop: SdkUser;
  readonly phone: SdkUser;
  readonly desk: SdkUser;
  readonly tablet: SdkUser;
}

/** What was said. */
export interface EncryptedTalk {
  readonly roomId: string;
  /** By the IDs of the events; the root of the thread is the first. */
  readonly texts: ReadonlyMap<string, string>;
  readonly root: string;
  /** The text of the root after its edit. */
  readonly rewritten: string;
  readonly replies: readonly string[];
  /** Event IDs. */
  readonly edit: string;
  readonly reaction: string;
  readonly last: string;
}

/** Each device says something; one message is answered in a thread, edited and reacted to. */
export async function talk({ roomId, laptop, phone, desk, tablet }: Talkers): Promise<EncryptedTalk> {
  const texts = new Map<string, string>();
  const say = async (user: SdkUser, body: string, threadId: string | null = null): Promise<string> => {
    const content = { msgtype: MsgType.Text, body } as const;
    if (threadId !== null) openThread(user, roomId, threadId);
    const { event_id: eventId } = await user.client.sendEvent(roomId, threadId, EventType.RoomMessage, content);
    texts.set(eventId, body);
    for (const reader of [laptop, phone, desk, tablet]) await untilReadable(reader, roomId, eventId);
    return eventId;
  };
  const root = await say(laptop, "Meet at noon");
  const replies = [await say(desk, "At the loom?", root), await say(phone, "Where else", root)];
  const rewritten = "Meet at one";
  const edit = { msgtype: MsgType.Text, body: rewritten } as const;
  const relation = { rel_type: RelationType.Replace, event_id: root } as const;
  const content = { ...edit, body: `* ${rewritten}`, "m.new_content": edit, "m.relates_to": relation };
  const { event_id: editId } = await laptop.client.sendEvent(roomId, EventType.RoomMessage, content);
  const like = { "m.relates_to": { rel_type: RelationType.Annotation, event_id: root, key: "👍" } } as const;
  const { event_id: reaction } = await tablet.client.sendEvent(roomId, EventType.Reaction, like);
  const last = await say(tablet, "See you");
  return { roomId, texts, root, rewritten, replies, edit: editId, reaction, last };
}

/** As applications do when the user begins to write: else the client would not show its own reply. */
function openThread(user: SdkUser, roomId: string, root: string): void {
  const room = user.room(roomId);
  if (room.getThread(root) === null) room.createThread(root, room.findEventById(root), [], false);
}

/** Every message is there and can be read, and the edit, the thread and the reaction are seen. */
export async function checkReadBy(
  user: SdkUser,
  { roomId, texts, root, rewritten, replies }: EncryptedTalk,
): Promise<void> {
  for (const [eventId, body] of texts) {
    const event = await untilReadable(user, roomId, eventId);
    assert.equal(event.getWireType(), EventType.RoomMessageEncrypted.valueOf());
    assert.equal(event.getOriginalContent()["body"], body);
  }
  const room = user.room(roomId);
  await user.until("the edit", () => room.findEventById(root)?.getContent()["body"] === rewritten);
  await user.until("the thread", () => replies.every((id) => room.getThread(root)?.findEventById(id) !== undefined));
  const reactions = () => room.relations.getChildEventsForEvent(root, RelationType.Annotation, EventType.Reaction);
  await user.until("the reaction", () => reactions()?.getSortedAnnotationsByKey()?.[0]?.[0] === "👍");
}
