import { decoratedBy, renderEvents } from "../../engine/rooms/client-event.ts";
import type { Decoration, EventDecorator, EventForm } from "../../engine/rooms/decorator.ts";
import { ownHole } from "../../engine/rooms/event-template.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json/json.ts";
import { type Bundle, type BundleNeeds, type BundledThread, type Bundles, bundlesFor } from "./bundles.ts";

export interface DecorationNeeds extends BundleNeeds {
  /** Whether an event that was edited is told with its new content, as up to v1.6; since v1.7 its own is told. */
  readonly replaceEditedContent: boolean;
}

/** For whom, and in what form. */
export interface Rendering {
  readonly viewer: Viewer;
  readonly form: EventForm;
}

/** Adds `m.relations` to events on their way to clients. */
export const bundleDecorator =
  (needs: DecorationNeeds): EventDecorator =>
  async (events, viewer, form) => {
    const bundles = await bundlesFor(needs, events, viewer);
    return bundles.size === 0 ? NOTHING : await decorationsOf(needs, { events, bundles }, { viewer, form });
  };

const NOTHING: ReadonlyMap<number, Decoration> = new Map();

/** Bundles as they are told with their events. */
export async function decorationsOf(
  needs: DecorationNeeds,
  { events, bundles }: { readonly events: readonly StoredEvent[]; readonly bundles: Bundles },
  rendering: Rendering,
): Promise<ReadonlyMap<number, Decoration>> {
  const all = [...bundles.values()];
  const edits = all.map(({ edit }) => edit).filter((edit) => edit !== undefined);
  const replies = all.map(({ thread }) => thread?.latest).filter((latest) => latest !== undefined);
  const texts = new Map([
    ...(await rendered(needs, edits, rendering, [])),
    ...(await rendered(needs, replies, rendering, [replyDecorator(needs)])),
  ]);
  const decorations = new Map<number, Decoration>();
  for (const event of events) {
    const bundle = bundles.get(event.position);
    if (!bundle) continue;
    const content = needs.replaceEditedContent ? replacedContent(event, bundle.edit) : undefined;
    const unsigned = { "m.relations": bundleText(bundle, texts, rendering.form.asTemplate ? event : undefined) };
    decorations.set(event.position, content ? { unsigned, content } : { unsigned });
  }
  return decorations;
}

/** What is bundled with the latest reply of a thread: all but threads, which never lie in one another. */
const replyDecorator =
  (needs: DecorationNeeds): EventDecorator =>
  async (events, viewer, form) => {
    const found = await bundlesFor(needs, events, viewer);
    const flat = [...found].map(([position, bundle]) => [position, { ...bundle, thread: undefined }] as const);
    const bundles = new Map(flat.filter(([, { edit, references }]) => edit !== undefined || references.length > 0));
    return await decorationsOf(needs, { events, bundles }, { viewer, form });
  };

/** Children in the form of the event that they are told with, by position. */
async function rendered(
  { rooms }: DecorationNeeds,
  events: readonly StoredEvent[],
  { viewer, form }: Rendering,
  decorators: readonly EventDecorator[],
): Promise<[number, string][]> {
  if (events.length === 0) return [];
  const texts = await renderEvents(decoratedBy(rooms, decorators), events, {
    ...form,
    viewer,
    decorated: decorators.length > 0,
  });
  return events.map(({ position }, index) => [position, texts[index] ?? ""]);
}

/** `template`: in a template, the parent: who takes part in its thread is left open. */
function bundleText(
  { edit, references, thread }: Bundle,
  texts: ReadonlyMap<number, string>,
  template: StoredEvent | undefined,
): string {
  const members: string[] = [];
  if (edit) members.push(`"m.replace":${texts.get(edit.position)}`);
  if (references.length > 0) {
    members.push(`"m.reference":{"chunk":${JSON.stringify(references.map((event_id) => ({ event_id })))}}`);
  }
  if (thread) {
    const isParticipant = template ? ownHole(template.position) : thread.isParticipant;
    members.push(`"m.thread":${threadText(thread, texts, isParticipant)}`);
  }
  return `{${members.join(",")}}`;
}

const threadText = (
  { latest, replyCount }: BundledThread,
  texts: ReadonlyMap<number, string>,
  isParticipant: string | boolean,
): string =>
  `{"latest_event":${texts.get(latest.position)},"count":${replyCount},"current_user_participated":${isParticipant}}`;

/**
 * The content that an edit puts in place of an event's: all of it but the relation, which is the event's own.
 * `undefined` when the server cannot read it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#applying-mnew_content
 */
function replacedContent({ pdu }: StoredEvent, edit: StoredEvent | undefined): JsonObject | undefined {
  const fresh = edit?.pdu.content["m.new_content"];
  if (pdu.type === "m.room.encrypted" || !isJsonObject(fresh)) return undefined;
  const relatesTo = pdu.content["m.relates_to"];
  const members = Object.entries(fresh).filter(([name]) => name !== "m.relates_to");
  return Object.fromEntries(relatesTo === undefined ? members : [...members, ["m.relates_to", relatesTo]]);
}
