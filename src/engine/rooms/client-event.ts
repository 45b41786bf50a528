import { type JsonObject, parseJsonObject } from "../../protocol/json/json.ts";
import type { Decoration, EventDecorator, EventForm } from "./decorator.ts";
import { ageHole, membershipHole, ownPrefixOf, transactionHole, transactionMember } from "./event-template.ts";
import type { EventsStore } from "./events.store.ts";
import type { Membership } from "./memberships.store.ts";
import { membershipsIn, type PastStates } from "./past-memberships.ts";
import type { StoredEvent } from "./stored-event.ts";
import { Turns } from "../turns.ts";
import type { Viewer } from "./viewer.ts";

/** What rendering asks of the rooms. */
export interface EventSource extends PastStates {
  readonly events: Pick<EventsStore, "byPositions">;
  readonly decorators: readonly EventDecorator[];
  /** Those of the events that a user may see. */
  visibleTo(userId: string, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]>;
}

/** The same source with decorators of its own. */
export const decoratedBy = (source: EventSource, decorators: readonly EventDecorator[]): EventSource => ({
  events: source.events,
  decorators,
  visibleTo: async (userId, events) => await source.visibleTo(userId, events),
  stateEventsAt: async (addresses) => await source.stateEventsAt(addresses),
});

interface RenderOptions extends EventForm {
  /** Who is told what they were to the room at each event, unless it is told as state. */
  readonly viewer?: Viewer | undefined;
  /**
   * All, or these, are told because they hold, whether or not the viewer may see them among the events: so not with what
   * they replaced, which is another matter.
   */
  readonly asState?: true | ReadonlySet<StoredEvent>;
  /** Adds what modules know of the events: where the specification bundles aggregations. Asks for a viewer. */
  readonly decorated?: boolean;
  /** Whatever is added, the content stays that with which the event was sent. */
  readonly withOwnContent?: boolean;
}

/** What all events of one answer are rendered with. */
interface Rendering extends EventForm {
  readonly asTemplate: boolean;
  readonly withOwnContent: boolean;
  /** Events that others replaced or were redacted by, by position: what of them is told. */
  readonly related: ReadonlyMap<number, StoredEvent>;
  /** How the transaction keys of the viewer's device begin; in a template, those of all. */
  readonly ownPrefix: string | undefined;
  /** What the viewer was to the room, by the root of its state after an event. */
  readonly memberships: ReadonlyMap<string, Membership>;
  /** By position. */
  readonly decorations: ReadonlyMap<number, Decoration>;
}

/** Less than a millisecond. */
const RENDERED_AT_ONCE = 100;

/** What is told of an event whoever tells it. */
type Dated = Pick<Rendering, "now" | "asTemplate" | "memberships">;

const NONE_AS_STATE: ReadonlySet<StoredEvent> = new Set();
const NOTHING_RELATED: ReadonlyMap<number, StoredEvent> = new Map();
const NOTHING_ADDED: ReadonlyMap<number, Decoration> = new Map();
const NO_MEMBERSHIPS: ReadonlyMap<string, Membership> = new Map();

/** What an event looks like to everybody, made once: its members but `room_id` and `unsigned`, without braces. */
const bodies = new WeakMap<StoredEvent, string>();

/**
 * Renders events as client JSON, in their order. Reads what they replaced and what redacted them, with one query.
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-event-format
 */
export async function renderEvents(
  source: EventSource,
  events: readonly StoredEvent[],
  options: RenderOptions,
): Promise<string[]> {
  const { withRoomId, now, withOwnContent = false, asTemplate = false } = options;
  const related = await relatedTo(source, events, options);
  const rendering = {
    withRoomId,
    now,
    asTemplate,
    withOwnContent,
    related,
    memberships: await membershipsAt(source, [...events, ...redactionsOf(events, related)], options),
    ownPrefix: asTemplate ? "" : options.viewer && ownPrefixOf(options.viewer),
    decorations: options.decorated ? await decorationsOf(source, events, options) : NOTHING_ADDED,
  };
  const texts: string[] = [];
  const turns = new Turns();
  for (const event of events) {
    if (texts.length % RENDERED_AT_ONCE === RENDERED_AT_ONCE - 1) await turns.next();
    texts.push(renderEvent(event, rendering));
  }
  return texts;
}

/** The same for events that come in pages: queries for each page, not for each event. */
export async function* renderPages(
  source: EventSource,
  pages: AsyncIterable<readonly StoredEvent[]>,
  options: RenderOptions,
): AsyncGenerator<readonly string[]> {
  for await (const page of pages) yield await renderEvents(source, page, options);
}

/** What the events replaced, and what redacted them. */
async function relatedTo(
  source: EventSource,
  events: readonly StoredEvent[],
  { viewer, asState = NONE_AS_STATE }: RenderOptions,
): Promise<ReadonlyMap<number, StoredEvent>> {
  const dated = asState === true ? [] : events.filter((event) => !asState.has(event));
  const replaced = dated.map(({ replaces }) => replaces);
  const redactions = new Set(events.map(({ redactedBy }) => redactedBy));
  const wanted = [...replaced, ...redactions].filter((position) => position !== 0);
  if (wanted.length === 0) return NOTHING_RELATED;
  const found = await source.events.byPositions(wanted);
  const related = new Map(found.map((event) => [event.position, event]));
  const redacting = found.filter(({ position }) => redactions.has(position));
  if (redacting.length === 0 || !viewer) return related;
  const seen = new Set(await source.visibleTo(viewer.userId, redacting));
  for (const event of redacting) if (!seen.has(event)) related.set(event.position, withoutReason(event));
  return related;
}

/**
 * What the viewer was to the room at each event. State is told without: it was made at as many times as it has events.
 * @see https://spec.matrix.org/v1.19/client-server-api/#definition-clientevent_unsigneddata
 */
async function membershipsAt(
  source: EventSource,
  events: readonly StoredEvent[],
  { viewer, asState, asTemplate = false }: RenderOptions,
): Promise<ReadonlyMap<string, Membership>> {
  if (!viewer || asTemplate || asState === true || events.length === 0) return NO_MEMBERSHIPS;
  return await membershipsIn(source, viewer.userId, new Set(events.map(({ stateAfter }) => stateAfter)));
}

const redactionsOf = (events: readonly StoredEvent[], related: ReadonlyMap<number, StoredEvent>): StoredEvent[] =>
  events.map(({ redactedBy }) => related.get(redactedBy)).filter((redaction) => redaction !== undefined);

/** That it redacted shows in what it redacted. Who may not see the redaction itself learns no more of it. */
function withoutReason(redaction: StoredEvent): StoredEvent {
  const { redacts } = redaction.pdu.content;
  return { ...redaction, pdu: { ...redaction.pdu, content: redacts === undefined ? {} : { redacts } } };
}

async function decorationsOf(
  source: EventSource,
  events: readonly StoredEvent[],
  { viewer, withRoomId, now, asTemplate = false }: RenderOptions,
): Promise<ReadonlyMap<number, Decoration>> {
  const form = { withRoomId, now, asTemplate };
  const [first, ...others] = source.decorators;
  if (!viewer || !first || events.length === 0) return NOTHING_ADDED;
  const merged = new Map(await first(events, viewer, form));
  for (const decorator of others) {
    for (const [position, { unsigned: added, ...rest }] of await decorator(events, viewer, form)) {
      const known = merged.get(position);
      merged.set(position, { ...known, ...rest, unsigned: { ...known?.unsigned, ...added } });
    }
  }
  return merged;
}

function renderEvent(event: StoredEvent, rendering: Rendering): string {
  const roomId = rendering.withRoomId ? `"room_id":${JSON.stringify(event.roomId)},` : "";
  const content = rendering.withOwnContent ? undefined : rendering.decorations.get(event.position)?.content;
  const text = content ? bodyOf(event, content) : body(event);
  return `{${text},${roomId}"unsigned":${unsigned(event, rendering)}}`;
}

function body(event: StoredEvent): string {
  const known = bodies.get(event);
  if (known !== undefined) return known;
  const text = bodyOf(event, event.pdu.content);
  bodies.set(event, text);
  return text;
}

function bodyOf(event: StoredEvent, content: JsonObject): string {
  const { pdu } = event;
  const redacts = pdu.type === "m.room.redaction" ? (pdu["redacts"] ?? pdu.content["redacts"]) : undefined;
  return JSON.stringify({
    type: pdu.type,
    sender: pdu.sender,
    // Since v11 `redacts` stands in the content; clients of older versions look for it at the top level, and the other way.
    content: redacts === undefined || content["redacts"] !== undefined ? content : { ...content, redacts },
    event_id: event.eventId,
    origin_server_ts: pdu.origin_server_ts,
    ...(event.stateKey === undefined ? {} : { state_key: event.stateKey }),
    ...(redacts === undefined ? {} : { redacts }),
  }).slice(1, -1);
}

function unsigned(event: StoredEvent, rendering: Rendering): string {
  const own = ownUnsigned(event, rendering);
  const added = Object.entries(rendering.decorations.get(event.position)?.unsigned ?? {});
  if (added.length === 0) return own;
  return `${own.slice(0, -1)}${added.map(([name, text]) => `,${JSON.stringify(name)}:${text}`).join("")}}`;
}

function ownUnsigned(event: StoredEvent, rendering: Rendering): string {
  const { related, now, asTemplate } = rendering;
  const sentAt = event.pdu.origin_server_ts;
  const age = asTemplate ? ageHole(sentAt) : now - sentAt;
  const own = `"age":${age}${membershipAt(event, rendering)}${transactionOf(event, rendering)}`;
  if (event.replaces === 0 && event.redactedBy === 0) return `{${own}}`;
  const replaced = related.get(event.replaces);
  const redaction = related.get(event.redactedBy);
  const before = replaced ? `,${JSON.stringify(replacedMembers(replaced, event.redactedBy === 0)).slice(1, -1)}` : "";
  const because = redaction ? `,"redacted_because":${renderEvent(redaction, forEverybody(rendering))}` : "";
  return `{${own}${before}${because}}`;
}

function membershipAt({ stateAfter }: StoredEvent, { memberships, asTemplate }: Rendering): string {
  const membership = asTemplate ? membershipHole(stateAfter) : memberships.get(stateAfter);
  return membership === undefined ? "" : `,"membership":"${membership}"`;
}

function transactionOf({ txnKey }: StoredEvent, { ownPrefix, asTemplate }: Rendering): string {
  if (txnKey === undefined || ownPrefix === undefined || !txnKey.startsWith(ownPrefix)) return "";
  return asTemplate ? transactionHole(txnKey) : transactionMember(txnKey);
}

const replacedMembers = (replaced: StoredEvent, withContent: boolean): object => ({
  replaces_state: replaced.eventId,
  prev_sender: replaced.pdu.sender,
  ...(withContent ? { prev_content: replaced.pdu.content } : {}),
});

/** The event as an object, as everybody sees it. */
export const clientEvent = (event: StoredEvent, now: number): JsonObject =>
  parseJsonObject(renderEvent(event, forEverybody({ now, asTemplate: false, memberships: NO_MEMBERSHIPS })));

const forEverybody = ({ now, asTemplate, memberships }: Dated): Rendering => ({
  now,
  asTemplate,
  memberships,
  withRoomId: true,
  withOwnContent: true,
  related: NOTHING_RELATED,
  ownPrefix: undefined,
  decorations: NOTHING_ADDED,
});

/** How a request of a device is told from all others. */
export const txnKeyOf = ({ userId, deviceId }: Viewer, request: string, txnId: string): string =>
  JSON.stringify([userId, deviceId, request, txnId]);
