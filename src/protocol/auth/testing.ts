// Builders for tests of the authorisation rules: a room in some state, events in it, and tables of what each room
// version says. Events get short readable IDs instead of real ones; nothing is signed or hashed.

import assert from "node:assert/strict";
import type { RoomEvent } from "../events/pdu.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { roomVersion } from "../room-versions/index.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import type { Verdict } from "../verdict.ts";
import { checkAuth } from "./check.ts";
import { type AuthState, authStateOf } from "./state.ts";

/** Makes every room; in room version 12 with infinite power. */
export const creator = "@creator:one.example";
export const alice = "@alice:one.example";
export const bob = "@bob:two.example";
export const carol = "@carol:three.example";

/** What an event is made of; what is left out does not matter to the test. */
export interface EventParts {
  readonly type?: string;
  readonly sender?: string;
  readonly stateKey?: string;
  readonly content?: JsonObject;
  /** IDs of the previous events. */
  readonly previous?: readonly string[];
  readonly eventId?: string;
  /** Further members of the PDU. */
  readonly pdu?: JsonObject;
}

/** A room that its creator has made and joined. Every method that changes it returns it. */
export class TestRoom {
  readonly rules: RoomVersionRules;
  readonly roomId: string;
  readonly create: RoomEvent;
  readonly #state = new Map<string, RoomEvent>();
  #count = 0;

  constructor(version: string, createContent: JsonObject = {}) {
    this.rules = rulesOf(version);
    this.roomId = this.rules.roomIdIsCreateHash ? "!create" : "!room:one.example";
    const content = {
      room_version: version,
      ...(this.rules.creatorInContent ? { creator } : {}),
      ...createContent,
    };
    this.create = this.event({
      type: "m.room.create",
      sender: creator,
      stateKey: "",
      content,
      previous: [],
      eventId: "$create",
    });
    this.#put(this.create);
    this.with(creator);
  }

  /** These have joined. */
  with(...users: readonly string[]): this {
    return this.#members("join", users);
  }

  banned(...users: readonly string[]): this {
    return this.#members("ban", users);
  }

  invited(...users: readonly string[]): this {
    return this.#members("invite", users);
  }

  left(...users: readonly string[]): this {
    return this.#members("leave", users);
  }

  knocking(...users: readonly string[]): this {
    return this.#members("knock", users);
  }

  joinRule(joinRule: string): this {
    return this.state("m.room.join_rules", "", { join_rule: joinRule });
  }

  /** The content of `m.room.power_levels`. */
  levels(content: JsonObject): this {
    return this.state("m.room.power_levels", "", content);
  }

  /** A state event, by the creator unless said otherwise. */
  state(type: string, stateKey: string, content: JsonObject, sender = creator): this {
    return this.#put(this.event({ type, stateKey, content, sender }));
  }

  without(type: string, stateKey = ""): this {
    this.#state.delete(JSON.stringify([type, stateKey]));
    return this;
  }

  /** An event in this room, by the creator unless said otherwise. It does not become part of the state. */
  event({
    type = "m.room.message",
    sender = creator,
    stateKey,
    content = {},
    previous,
    eventId,
    pdu,
  }: EventParts): RoomEvent {
    this.#count += 1;
    const previousIds = previous ?? ["$before"];
    return {
      eventId: eventId ?? `$${type}-${this.#count}`,
      roomId: this.roomId,
      stateKey,
      pdu: {
        type,
        sender,
        content,
        depth: this.#count,
        origin_server_ts: this.#count,
        prev_events:
          this.rules.eventReferences === "pairs" ? previousIds.map((id): JsonValue => [id, {}]) : previousIds,
        auth_events: [],
        hashes: {},
        ...(stateKey === undefined ? {} : { state_key: stateKey }),
        ...pdu,
      },
    };
  }

  /** A membership that `sender` gives to `target`. */
  membership(membership: string, sender: string, target = sender, content: JsonObject = {}): RoomEvent {
    return this.event({ type: "m.room.member", sender, stateKey: target, content: { membership, ...content } });
  }

  authState(): AuthState {
    return authStateOf(this.#state.values());
  }

  /** What the rules say of an event, or of the event that these parts make, in this state. */
  check(event: RoomEvent | EventParts): Verdict {
    return checkAuth("roomId" in event ? event : this.event(event), this.authState(), this.rules);
  }

  #members(membership: string, users: readonly string[]): this {
    for (const user of users) this.#put(this.membership(membership, user));
    return this;
  }

  #put(event: RoomEvent): this {
    this.#state.set(JSON.stringify([event.pdu.type, event.stateKey]), event);
    return this;
  }
}

/** A room of this version, made and joined by `creator`. */
export const room = (version: string, createContent: JsonObject = {}): TestRoom => new TestRoom(version, createContent);

export function rulesOf(version: string): RoomVersionRules {
  const rules = roomVersion(version);
  assert(rules, `room version ${version} is known`);
  return rules;
}

export const versions = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"] as const;

/** `"allowed"`, or the rule that refuses and what its reason says. */
export type Outcome = "allowed" | readonly [rule: string, reason: RegExp];

export function assertOutcome(verdict: Verdict, expected: Outcome, message = ""): void {
  if (expected === "allowed") {
    assert.deepEqual(verdict, { allowed: true }, message);
    return;
  }
  const [rule, reason] = expected;
  assert.equal(verdict.allowed ? "allowed" : verdict.rule, rule, message);
  assert.match(verdict.allowed ? "" : verdict.reason, reason, message);
}

/**
 * Asks every room version and compares with what is expected by range: `{ "1-6": ["member.unknown", /knock/], "7-12":
 * "allowed" }`. The ranges must cover all versions.
 */
export function assertOutcomes(
  expected: Readonly<Record<string, Outcome>>,
  decide: (version: string) => Verdict,
): void {
  const ranges = Object.entries(expected).map(([range, outcome]) => {
    const [first = "", last = first] = range.split("-");
    return { first: Number(first), last: Number(last), outcome };
  });
  for (const version of versions) {
    const range = ranges.find(({ first, last }) => first <= Number(version) && Number(version) <= last);
    assert(range, `an outcome is expected for room version ${version}`);
    assertOutcome(decide(version), range.outcome, `in room version ${version}`);
  }
}
