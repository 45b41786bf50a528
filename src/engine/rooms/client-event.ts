import { type JsonObject, parseJsonObject } from "../../protocol/json/json.ts";
import type { EventsStore } from "./events.store.ts";
import type { StoredEvent } from "./stored-event.ts";

/** For whom events are rendered. */
export interface Viewer {
  readonly userId: string;
  readonly deviceId: string;
}

interface RenderOptions {
  readonly viewer?: Viewer | undefined;
  /** `/sync` says the room once and leaves it out of the events. */
  readonly withRoomId: boolean;
  /** For `age`: milliseconds since the epoch. */
  readonly now: number;
}

/** What all events of one answer are rendered with. */
interface Rendering {
  readonly withRoomId: boolean;
  readonly now: number;
  /** Events that others replaced or were redacted by, by position. */
  readonly related: ReadonlyMap<number, StoredEvent>;
  /** How the transaction keys of the viewer's device begin. */
  readonly ownPrefix: string | undefined;
}

/** What an event looks like to everybody, made once: its members but `room_id` and `unsigned`, without braces. */
const bodies = new WeakMap<StoredEvent, string>();

/**
 * Renders events as client JSON, in their order. Reads what they replaced and what redacted them, with one query.
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-event-format
 */
export async function renderEvents(
  store: Pick<EventsStore, "byPositions">,
  events: readonly StoredEvent[],
  options: RenderOptions,
): Promise<string[]> {
  const wanted = events
    .flatMap(({ replaces, redactedBy }) => [replaces, redactedBy])
    .filter((position) => position !== 0);
  const related = wanted.length === 0 ? [] : await store.byPositions(wanted);
  const rendering = {
    withRoomId: options.withRoomId,
    now: options.now,
    related: new Map(related.map((event) => [event.position, event])),
    ownPrefix: options.viewer && prefixOf(options.viewer),
  };
  return events.map((event) => renderEvent(event, rendering));
}

function renderEvent(event: StoredEvent, rendering: Rendering): string {
  const roomId = rendering.withRoomId ? `"room_id":${JSON.stringify(event.roomId)},` : "";
  return `{${body(event)},${roomId}"unsigned":${unsigned(event, rendering)}}`;
}

function body(event: StoredEvent): string {
  const known = bodies.get(event);
  if (known !== undefined) return known;
  const { pdu } = event;
  const redacts = pdu.type === "m.room.redaction" ? (pdu["redacts"] ?? pdu.content["redacts"]) : undefined;
  const text = JSON.stringify({
    type: pdu.type,
    sender: pdu.sender,
    // Since v11 `redacts` stands in the content; clients of older versions look for it at the top level, and the other way.
    content: redacts === undefined || pdu.content["redacts"] !== undefined ? pdu.content : { ...pdu.content, redacts },
    event_id: event.eventId,
    origin_server_ts: pdu.origin_server_ts,
    ...(event.stateKey === undefined ? {} : { state_key: event.stateKey }),
    ...(redacts === undefined ? {} : { redacts }),
  }).slice(1, -1);
  bodies.set(event, text);
  return text;
}

function unsigned(event: StoredEvent, { related, now, ownPrefix }: Rendering): string {
  const age = now - event.pdu.origin_server_ts;
  const txnId = ownPrefix !== undefined && event.txnKey?.startsWith(ownPrefix) ? txnIdIn(event.txnKey) : undefined;
  if (event.replaces === 0 && event.redactedBy === 0 && txnId === undefined) return `{"age":${age}}`;
  const replaced = related.get(event.replaces);
  const redaction = related.get(event.redactedBy);
  return JSON.stringify({
    age,
    ...(txnId === undefined ? {} : { transaction_id: txnId }),
    ...(replaced ? replacedMembers(replaced, event.redactedBy === 0) : {}),
    ...(redaction ? { redacted_because: clientEvent(redaction, now) } : {}),
  });
}

const replacedMembers = (replaced: StoredEvent, withContent: boolean): object => ({
  replaces_state: replaced.eventId,
  prev_sender: replaced.pdu.sender,
  ...(withContent ? { prev_content: replaced.pdu.content } : {}),
});

/** The event as an object, as everybody sees it. */
export function clientEvent(event: StoredEvent, now: number): JsonObject {
  const text = renderEvent(event, { withRoomId: true, now, related: new Map(), ownPrefix: undefined });
  return parseJsonObject(text);
}

/** How a request of a device is told from all others. */
export const txnKeyOf = ({ userId, deviceId }: Viewer, request: string, txnId: string): string =>
  JSON.stringify([userId, deviceId, request, txnId]);

/** The transaction ID is told to the device that sent the event and to nobody else. */
const prefixOf = ({ userId, deviceId }: Viewer): string => `${JSON.stringify([userId, deviceId]).slice(0, -1)},`;

function txnIdIn(txnKey: string): string | undefined {
  const [, , , txnId]: readonly unknown[] = JSON.parse(txnKey);
  return typeof txnId === "string" ? txnId : undefined;
}
