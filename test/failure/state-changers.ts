import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { at, listAt, textAt } from "../../bench/read-json.ts";
import { encode, type Session } from "../../bench/session.ts";
import { type Actor, untilGone } from "./actor.ts";

/** Sets the topic to the next number. */
export class TopicSetter implements Actor {
  readonly #session: Session;
  readonly #roomId: string;
  #promised = 0;

  constructor(session: Session, roomId: string) {
    this.#session = session;
    this.#roomId = roomId;
  }

  async act(isOver: () => boolean): Promise<void> {
    await untilGone(isOver, async () => await this.#setNext());
  }

  async check(): Promise<void> {
    if (this.#promised > 0) {
      const found = await this.#session.request("GET", encode`rooms/${this.#roomId}/state/m.room.topic/`);
      const topic = Number(textAt(found, "topic"));
      assert.ok(
        topic === this.#promised || topic === this.#promised + 1,
        `the topic is ${topic}, and ${this.#promised} was the last one acknowledged`,
      );
    }
    await this.#setNext();
  }

  async #setNext(): Promise<void> {
    const body = { topic: String(this.#promised + 1) };
    await this.#session.request("PUT", encode`rooms/${this.#roomId}/state/m.room.topic/`, body);
    this.#promised += 1;
  }
}

/** Joins and leaves a room, again and again. */
export class Wanderer implements Actor {
  readonly #session: Session;
  readonly #roomId: string;
  #promised = "leave";

  constructor(session: Session, roomId: string) {
    this.#session = session;
    this.#roomId = roomId;
  }

  async act(isOver: () => boolean): Promise<void> {
    await untilGone(isOver, async () => await this.#turn());
  }

  /** Membership is told in four places, which agree, and none of them is behind what was acknowledged. */
  async check(): Promise<void> {
    const joined = listAt(await this.#session.request("GET", "joined_rooms"), "joined_rooms");
    const isJoined = joined.includes(this.#roomId);
    const sync = await this.#session.sync();
    const isSynced = at(sync, "rooms", "join", this.#roomId) !== undefined;
    assert.equal(isSynced, isJoined, "/sync and /joined_rooms agree");
    if (isJoined) {
      const members = await this.#session.request("GET", encode`rooms/${this.#roomId}/joined_members`);
      assert.ok(at(members, "joined", this.#session.userId) !== undefined, "/joined_members and /joined_rooms agree");
      const path = encode`rooms/${this.#roomId}/state/m.room.member/${this.#session.userId}`;
      const own = await this.#session.request("GET", path);
      assert.equal(textAt(own, "membership"), "join", "/state and /joined_rooms agree");
    }
    // One step may have been done and not answered.
    this.#promised = isJoined ? "join" : "leave";
    await this.#turn();
  }

  async #turn(): Promise<void> {
    const next = this.#promised === "join" ? "leave" : "join";
    await this.#session.request("POST", encode`rooms/${this.#roomId}/${next}`, {});
    this.#promised = next;
  }
}

/** What every room of the preset has. */
const WHOLE = [
  "m.room.create",
  "m.room.history_visibility",
  "m.room.join_rules",
  "m.room.member",
  "m.room.power_levels",
];
const PAUSE_MS = 20;

/** Makes one room after another. */
export class Builder implements Actor {
  readonly #session: Session;
  readonly #promised = new Set<string>();
  readonly #checked = new Set<string>();

  constructor(session: Session) {
    this.#session = session;
  }

  async act(isOver: () => boolean): Promise<void> {
    await untilGone(isOver, async () => {
      this.#promised.add(await this.#session.createRoom({ preset: "private_chat" }));
      await wait(PAUSE_MS);
    });
  }

  /** Every room that was promised is there, and no room, promised or not, is there in part. */
  async check(): Promise<void> {
    const there = new Set(listAt(await this.#session.request("GET", "joined_rooms"), "joined_rooms").map(String));
    assert.deepEqual([...this.#promised.difference(there)], [], "acknowledged rooms are there");
    for (const roomId of there.difference(this.#checked)) {
      const state = await this.#session.request("GET", encode`rooms/${roomId}/state`);
      const types = new Set((Array.isArray(state) ? state : []).map((event: unknown) => textAt(event, "type")));
      assert.deepEqual(
        WHOLE.filter((type) => !types.has(type)),
        [],
        "a room is there as a whole",
      );
      this.#checked.add(roomId);
    }
  }
}
