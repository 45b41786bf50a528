/** A device that talks in a room while its server dies and comes back. */
import assert from "node:assert/strict";
import { ClientEvent, EventStatus, EventType, MsgType } from "matrix-js-sdk";
import { untilReadable } from "./encrypted-user.ts";
import type { SdkUser } from "./sdk-user.ts";

const NOTE = "org.example.note";
const NOTES_EVERY = 10;
/** Failures one after another, of one request. */
const ATTEMPTS = 10;

/** Where somebody talks, under which name, and to whose devices notes go. */
interface Place {
  readonly roomId: string;
  readonly name: string;
  readonly others: readonly SdkUser[];
  /** Resolves when the server is up: at once unless it is known to be dead. */
  readonly serverUp: () => Promise<void>;
}

/** A message as it was sent. */
export interface Said {
  readonly eventId: string;
  readonly body: string;
}

/** Says one thing after another, and now and then sends a note to each device of all. What was not answered it sends again. */
export class Chatterbox {
  readonly #user: SdkUser;
  readonly #place: Place;
  readonly said: Said[] = [];
  /** The notes that were sent, each to every device. */
  readonly notes: string[] = [];
  readonly #noted: string[] = [];

  constructor(user: SdkUser, place: Place) {
    this.#user = user;
    this.#place = place;
    user.client.on(ClientEvent.ToDeviceEvent, (event) => {
      if (event.getType() === NOTE) this.#noted.push(String(event.getContent()["text"]));
    });
  }

  /** Says so many things, each with a text of its own. */
  async chat(count: number, onAcknowledged: () => void): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const body = `${this.#place.name}: ${index}`;
      this.said.push({ eventId: await this.#say(body), body });
      onAcknowledged();
      if (index % NOTES_EVERY === 0) await this.#note(body);
    }
  }

  /** The server is there again: as applications do when the network is. */
  resume(): void {
    this.#user.client.retryImmediately();
  }

  /** Each message is here once, came encrypted and is read; each note came once. */
  async checkHas(said: readonly Said[], notes: readonly string[]): Promise<void> {
    for (const { eventId, body } of said) {
      const event = await untilReadable(this.#user, this.#place.roomId, eventId);
      assert.equal(event.getWireType(), EventType.RoomMessageEncrypted.valueOf());
      assert.equal(event.getContent()["body"], body);
    }
    const texts = this.#user.texts(this.#place.roomId).map(String);
    assert.deepEqual(texts.toSorted(), said.map(({ body }) => body).toSorted(), "each message once");
    await this.#user.until("the notes", () => this.#noted.length >= notes.length);
    assert.deepEqual(this.#noted.toSorted(), notes.toSorted(), "each note once");
  }

  async #say(body: string): Promise<string> {
    const { client } = this.#user;
    const room = this.#user.room(this.#place.roomId);
    const txnId = client.makeTxnId();
    const content = { msgtype: MsgType.Text, body } as const;
    let sending = client.sendEvent(room.roomId, EventType.RoomMessage, content, txnId);
    const event = room.getEventForTxnId(txnId);
    assert.ok(event);
    return await this.#persist(async () => {
      if (event.status === EventStatus.NOT_SENT) sending = client.resendEvent(event, room);
      // When only the answer was lost, `/sync` may have brought the message by now.
      return event.status === null ? (event.getId() ?? "") : (await sending).event_id;
    });
  }

  async #note(text: string): Promise<void> {
    const messages = new Map<string, Map<string, object>>();
    for (const { userId, client } of this.#place.others)
      messages.getOrInsertComputed(userId, () => new Map()).set(client.getDeviceId() ?? "", { text });
    await this.#persist(async () => await this.#user.client.sendToDevice(NOTE, messages, text));
    this.notes.push(text);
  }

  /** Asks again, for the same, until the server has answered. */
  async #persist<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await this.#place.serverUp();
      }
    }
  }
}
