/*
 * A unit of work on a room: events are appended to a head of its own, each authorised against the state that the ones
 * before it made. Nothing of it touches the room until `finish`; a transaction that fails marks the room stale.
 */
import { checkAuth } from "../../protocol/auth/check.ts";
import { authEventKeys } from "../../protocol/auth/select.ts";
import { type BuiltEvent, buildEvent, type EventReference } from "../../protocol/events/build.ts";
import { referenceHash } from "../../protocol/events/hashes.ts";
import { redact } from "../../protocol/events/redact.ts";
import { checkCanonicalJson } from "../../protocol/json/check-canonical.ts";
import { allow } from "../../protocol/verdict.ts";
import { checkEventSize } from "../../protocol/events/size.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import { badJson, forbidden, tooLarge } from "../../http/errors.ts";
import type { Tx } from "../partitions/tx.ts";
import type { EventChange } from "./event-change.ts";
import { type EventsStore, insertEvent, writeRedacted } from "./events.store.ts";
import { parseMembership, writeMembership } from "./memberships.store.ts";
import type { FollowedRoom, RoomFollower } from "./follower.ts";
import { type Head, isMembership, type MemberCounts, type Room } from "./room.ts";
import { updatePublished } from "./rooms.store.ts";
import type { Signer } from "./signer.ts";
import { keyOf } from "./state/node.ts";
import { get, type NodeSink, put } from "./state/trie.ts";
import type { StoredEvent } from "./stored-event.ts";
import { strippedState } from "./stripped-state.ts";

/** What a local user wants to say in a room. */
export interface EventDraft {
  readonly type: string;
  readonly sender: string;
  readonly content: JsonObject;
  readonly stateKey?: string;
  /** For `m.room.redaction`: the event to redact. */
  readonly redacts?: StoredEvent;
  /** See `StoredEvent.txnKey`. */
  readonly txnKey?: string;
}

interface Needs {
  readonly events: EventsStore;
  readonly signer: Signer;
  readonly now: number;
  readonly followers: readonly RoomFollower[];
}

/** An event, and the state event whose place it took. */
interface Appended {
  readonly event: StoredEvent;
  readonly replaced: StoredEvent | undefined;
}

export class RoomWriter implements FollowedRoom {
  readonly #tx: Tx;
  readonly #room: Room;
  readonly #nodes: NodeSink;
  readonly #needs: Needs;
  readonly #appended: Appended[] = [];
  readonly #redacted: StoredEvent[] = [];
  readonly #changed = new Map<string, StoredEvent>();
  #head: Head;
  #isPublished: boolean;
  #isFinished = false;

  constructor(tx: Tx, room: Room, nodes: NodeSink, needs: Needs) {
    this.#tx = tx;
    this.#room = room;
    this.#nodes = nodes;
    this.#needs = needs;
    this.#head = room.head;
    this.#isPublished = room.isPublished;
    tx.afterFailure(() => this.#undo());
  }

  get roomId(): string {
    return this.#room.roomId;
  }

  get nid(): number {
    return this.#room.nid;
  }

  get rules(): RoomVersionRules {
    return this.#room.rules;
  }

  get isPublished(): boolean {
    return this.#isPublished;
  }

  get memberCounts(): MemberCounts | undefined {
    return this.#room.memberCounts;
  }

  /** Has the room shown in the room directory, or no more. */
  setPublished(isPublished: boolean): void {
    this.#isPublished = isPublished;
    updatePublished(this.#tx, this.nid, isPublished);
  }

  /** An event of the state as it is after all that was appended. */
  state(type: string, stateKey: string): StoredEvent | undefined {
    return this.#changed.get(`${type}\u0000${stateKey}`) ?? this.#room.state(type, stateKey);
  }

  /**
   * Appends an event of a local user.
   * @throws MatrixError `M_FORBIDDEN` with the rule that refuses it, `M_TOO_LARGE` or `M_BAD_JSON`.
   */
  append(draft: EventDraft): StoredEvent {
    return this.add(this.build(draft), draft);
  }

  /** Takes in an event that is built already. */
  add(built: BuiltEvent, draft: Pick<EventDraft, "redacts" | "txnKey">): StoredEvent {
    this.#check(built);
    const position = this.#tx.nextPosition();
    const stateBefore = this.#head.state;
    const key = built.stateKey === undefined ? undefined : keyOf(built.pdu.type, built.stateKey);
    const stateAfter = key === undefined ? stateBefore : put(this.#nodes, stateBefore, { key, position });
    const event: StoredEvent = {
      eventId: built.eventId,
      roomId: built.roomId,
      stateKey: built.stateKey,
      pdu: built.pdu,
      position,
      roomNid: this.#room.nid,
      ordering: position,
      verdict: "accepted",
      stateBefore,
      stateAfter,
      roomState: stateAfter,
      heads: [position],
      replaces: key === undefined ? 0 : (get(this.#nodes, stateBefore, key) ?? 0),
      redactedBy: 0,
      txnKey: draft.txnKey,
    };
    // A membership only: the check before has loaded it.
    const replaced = isMembership(event) ? this.state(event.pdu.type, event.stateKey ?? "") : undefined;
    this.#appended.push({ event, replaced });
    this.#head = { state: stateAfter, extremities: [event] };
    if (event.stateKey !== undefined) this.#changed.set(`${event.pdu.type}\u0000${event.stateKey}`, event);
    this.#write(event, built.json, draft.redacts);
    return event;
  }

  /** Builds an event on the head as it is, without appending it. */
  build(draft: EventDraft): BuiltEvent {
    const { rules, roomId } = this.#room;
    const { signer, now } = this.#needs;
    const selected = authEventKeys({ ...draft, stateKey: draft.stateKey }, rules).map(([type, stateKey]) =>
      this.state(type, stateKey),
    );
    const { redacts, stateKey, ...rest } = draft;
    return buildEvent(
      {
        ...rest,
        roomId,
        ...(stateKey === undefined ? {} : { stateKey }),
        ...(redacts ? { redacts: redacts.eventId } : {}),
        ...(rules.eventIdFormat === "opaque" ? { eventId: signer.newEventId() } : {}),
        prevEvents: this.#head.extremities.map((event) => referenceTo(event, rules)),
        authEvents: selected.filter((event) => event !== undefined).map((event) => referenceTo(event, rules)),
        depth: this.#head.extremities.reduce((deepest, { pdu }) => Math.max(deepest, pdu.depth), 0) + 1,
        originServerTs: now,
      },
      rules,
      signer,
    );
  }

  /** Moves the room to where the appended events lead. Called last, within the transaction. */
  finish(): void {
    const { events } = this.#needs;
    this.#room.advance(this.#head, [...this.#changed.values()]);
    this.#room.isPublished = this.#isPublished;
    this.#countPending(1);
    this.#isFinished = true;
    this.#tx.afterCommit(() => {
      this.#countPending(-1);
      for (const { event, replaced } of this.#appended) this.#room.publish(event, replaced);
      for (const event of this.#redacted) this.#room.replace(events.keep(event));
    });
  }

  /** Takes back what memory holds of events that never came to be. */
  #undo(): void {
    for (const { event } of this.#appended) this.#needs.events.forget(event);
    if (!this.#isFinished) return;
    this.#countPending(-1);
    this.#room.isStale = true;
  }

  #countPending(change: 1 | -1): void {
    this.#room.pendingCount += change;
    if (!this.#appended.some(({ event }) => isMembership(event))) return;
    this.#room.pendingMembershipCount += change;
    this.#room.membershipChangeCount += Math.max(change, 0);
  }

  #check(built: BuiltEvent): void {
    const size = checkEventSize(built.pdu, built.json);
    if (!size.allowed) throw tooLarge(size.reason);
    const { rules } = this.#room;
    const form = rules.strictCanonicalJson ? checkCanonicalJson(built.pdu.content) : allow;
    if (!form.allowed) throw badJson(form.reason);
    // PostgreSQL stores no NUL in a text.
    if (`${built.pdu.type}${built.stateKey ?? ""}`.includes("\u0000"))
      throw badJson("Types and state keys hold no NUL");
    const verdict = checkAuth(built, { get: (type, stateKey) => this.state(type, stateKey) }, rules);
    if (!verdict.allowed) throw forbidden(verdict.reason);
    if (built.pdu.type === "m.room.member" && built.stateKey === undefined)
      throw badJson("A membership needs a state key");
  }

  #write(event: StoredEvent, json: string, redacts: StoredEvent | undefined): void {
    this.#needs.events.keep(event);
    insertEvent(this.#tx, event, json);
    if (event.pdu.type === "m.room.member") this.#writeMembership(event);
    if (redacts) this.#redact(redacts, event);
    for (const follower of this.#needs.followers) follower.onAppended?.(this.#tx, event, this);
    const change: EventChange = { kind: "event", position: event.position, roomId: event.roomId, event };
    this.#tx.publish(change);
  }

  #writeMembership(event: StoredEvent): void {
    const membership = parseMembership(event.pdu.content["membership"]);
    const isOutside = membership === "invite" || membership === "knock";
    writeMembership(this.#tx, {
      userId: event.stateKey ?? "",
      roomNid: event.roomNid,
      membership,
      position: event.position,
      strippedState: isOutside ? strippedState((type, stateKey) => this.state(type, stateKey), event) : [],
    });
  }

  #redact(target: StoredEvent, redaction: StoredEvent): void {
    const current = this.#needs.events.peek(target.position) ?? target;
    if (current.redactedBy !== 0) return;
    const redacted = { ...current, pdu: redact(current.pdu, this.#room.rules), redactedBy: redaction.position };
    this.#redacted.push(redacted);
    this.#redactState(redacted);
    writeRedacted(this.#tx, redacted);
    for (const follower of this.#needs.followers) follower.onRedacted?.(this.#tx, current, redaction, this);
  }

  /** What is written on this head must not see the old content while the redaction is on its way to the database. */
  #redactState(redacted: StoredEvent): void {
    const { stateKey, position, pdu } = redacted;
    if (stateKey === undefined || this.state(pdu.type, stateKey)?.position !== position) return;
    this.#changed.set(`${pdu.type}\u0000${stateKey}`, redacted);
  }
}

/** Room versions 1 and 2 name an event with its hash, the others by its ID alone. */
function referenceTo(event: StoredEvent, rules: RoomVersionRules): EventReference {
  if (rules.eventReferences === "ids") return { eventId: event.eventId };
  return { eventId: event.eventId, hash: referenceHash(event.pdu, rules) };
}
