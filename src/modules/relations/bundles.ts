import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import { type Access, accessTo, visibleEvents } from "../../engine/rooms/visibility.ts";
import { relationIn } from "../../engine/rooms/relation.ts";
import type { Sql } from "../../store/sql.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import { type SeenThread, seenThreads } from "./seen-threads.ts";
import { hiddenReferences } from "./hidden-children.ts";
import type { Reference, Summaries, Summary, SummaryMap } from "./summaries.ts";

export interface BundleNeeds {
  readonly rooms: Rooms;
  readonly sql: Sql;
  readonly summaries: Summaries;
  readonly ignoredBy: IgnoredBy;
}

/** What one user is shown of an event's children. At least one of the members is there. */
export interface Bundle {
  readonly edit: StoredEvent | undefined;
  /** Event IDs. */
  readonly references: readonly string[];
  readonly thread: BundledThread | undefined;
}

export interface BundledThread {
  readonly latest: StoredEvent;
  readonly replyCount: number;
  readonly isParticipant: boolean;
}

/** Bundles by the position of the parent. */
export type Bundles = ReadonlyMap<number, Bundle>;

interface Looking {
  readonly userId: string;
  readonly ignored: ReadonlySet<string>;
}

const NONE: Bundles = new Map();

/**
 * What is aggregated for a user who sees these events. State events have no bundles. Asks the database nothing about
 * events without children that are known to have none.
 * @see https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
 */
export async function bundlesFor(
  needs: BundleNeeds,
  events: readonly StoredEvent[],
  { userId }: Viewer,
): Promise<Bundles> {
  const parents = events.filter(({ stateKey }) => stateKey === undefined);
  const summaries = await needs.summaries.of(parents);
  if (summaries.size === 0) return NONE;
  const looking = { userId, ignored: await needs.ignoredBy(userId) };
  const bundles = new Map<number, Bundle>();
  const withChildren = parents.filter(({ position }) => summaries.has(position));
  for (const [roomId, inRoom] of Map.groupBy(withChildren, (parent) => parent.roomId)) {
    const room = await needs.rooms.get(roomId);
    if (!room) continue;
    const access = await accessTo(needs.rooms, room, userId);
    const asked = { roomId, parents: inRoom, summaries, access };
    for (const [position, bundle] of await bundlesInRoom(needs, asked, looking)) bundles.set(position, bundle);
  }
  return bundles;
}

interface InRoom {
  readonly roomId: string;
  readonly parents: readonly StoredEvent[];
  readonly summaries: SummaryMap;
  readonly access: Access;
}

async function bundlesInRoom(
  { rooms, sql, summaries: all }: BundleNeeds,
  { roomId, parents, summaries, access }: InRoom,
  looking: Looking,
): Promise<Bundles> {
  // Who has left sees the room as it was then.
  const isInside = access.until === Number.POSITIVE_INFINITY;
  const seen = isInside ? summaries : await all.until(parents, access.until, looking.ignored);
  const roots = parents.filter(({ position }) => seen.get(position)?.thread);
  const threads = await seenThreads(sql, { roots, summaries: seen }, { ...looking, isWithoutIgnored: !isInside });
  const edits = new Map<number, number>();
  for (const parent of parents) {
    const edit = editOf(parent, seen.get(parent.position), looking.ignored);
    if (edit !== undefined) edits.set(parent.position, edit);
  }
  const positions = [...edits.values(), ...[...threads.values()].map(({ latest }) => latest)];
  const children = await visibleEvents(rooms, access, await rooms.events.byPositions(positions));
  const byPosition = new Map(children.map((child) => [child.position, child]));
  const referring = parents.flatMap(({ position }) => seen.get(position)?.references ?? []);
  const hidden = await hiddenReferences(rooms, { roomId, access }, referring);
  const isShown = ({ sender, position }: Reference): boolean => !looking.ignored.has(sender) && !hidden.has(position);
  const bundles = new Map<number, Bundle>();
  for (const { position } of parents) {
    const edit = byPosition.get(edits.get(position) ?? 0);
    const thread = bundledThread(threads.get(position), byPosition);
    const references = seen.get(position)?.references.filter(isShown) ?? [];
    if (!edit && !thread && references.length === 0) continue;
    bundles.set(position, { edit, thread, references: references.map(({ eventId }) => eventId) });
  }
  return bundles;
}

function bundledThread(
  thread: SeenThread | undefined,
  byPosition: ReadonlyMap<number, StoredEvent>,
): BundledThread | undefined {
  const latest = thread && byPosition.get(thread.latest);
  return thread && latest && { latest, replyCount: thread.replyCount, isParticipant: thread.isParticipant };
}

/**
 * Position of the replacement of an event, if it may have one: it is not redacted, and no replacement itself.
 * @see https://spec.matrix.org/v1.19/client-server-api/#validity-of-replacement-events
 */
function editOf(parent: StoredEvent, summary: Summary | undefined, ignored: ReadonlySet<string>): number | undefined {
  // Only the sender of an event replaces it.
  if (parent.redactedBy !== 0 || ignored.has(parent.pdu.sender)) return undefined;
  return relationIn(parent.pdu.content)?.type === "m.replace" ? undefined : summary?.edit;
}
