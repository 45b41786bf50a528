import { Type } from "typebox";
import { decoratedBy, renderEvents } from "../../engine/rooms/client-event.ts";
import { EventTemplate } from "../../engine/rooms/event-template.ts";
import { membershipsIn } from "../../engine/rooms/past-memberships.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import { type Access, visibleEvents, wasAlwaysShared } from "../../engine/rooms/visibility.ts";
import type { Clock } from "../../clock.ts";
import { formatTimelineToken } from "../../engine/streams/timeline-token.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { redact } from "../../protocol/events/redact.ts";
import { requireSomeAccess, timelinePoint } from "../getting-events/index.ts";
import { type Bundle, type Bundles, bundlesFor } from "./bundles.ts";
import { type DecorationNeeds, decorationsOf, type Rendering } from "./decoration.ts";
import { threadsOfUser } from "./seen-threads.ts";
import type { SharedThreads } from "./shared-threads.ts";
import { listThreads } from "./threads.store.ts";

const DEFAULT_LIMIT = 20;
const LARGEST_LIMIT = 100;
/** How often more is read when what was found may not be seen. */
const ROUNDS = 5;

interface Needs extends DecorationNeeds {
  readonly clock: Clock;
  readonly sharedThreads: SharedThreads;
}

/**
 * The threads of a room, by their roots, the one with the latest reply first.
 * @see https://spec.matrix.org/v1.19/client-server-api/#querying-threads-in-a-room
 */
export const getThreadRoots = (needs: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v1/rooms/{roomId}/threads",
    aliases: ["/_matrix/client/unstable/org.matrix.msc3856/rooms/{roomId}/threads"],
    auth: "user",
    limit: "reading",
    params: Type.Object({ roomId: Type.String() }),
    query: Type.Object({
      include: Type.Optional(Type.Union([Type.Literal("all"), Type.Literal("participated")])),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      from: Type.Optional(Type.String()),
    }),

    async handle({ params: { roomId }, query, requester }) {
      const { room, access } = await requireSomeAccess(needs.rooms, roomId, requester.userId);
      const wanted = {
        room,
        access,
        viewer: requester,
        participant: query.include === "participated" ? requester.userId : undefined,
        before: timelinePoint("from", query.from) ?? Number.MAX_SAFE_INTEGER,
        limit: Math.min(query.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT),
        ignored: await needs.ignoredBy(requester.userId),
      };
      const { chunk, next } = (await isShared(needs, wanted))
        ? await sharedPage(needs, wanted)
        : await ownPage(needs, wanted);
      const nextBatch = next === undefined ? "" : `,"next_batch":"${formatTimelineToken({ before: next })}"`;
      return new JsonText(`{"chunk":[${chunk}]${nextBatch}}`);
    },
  });

interface Wanted {
  readonly room: Room;
  readonly access: Access;
  readonly viewer: Viewer;
  readonly participant: string | undefined;
  /** Threads whose latest reply stands before this point of the timeline. */
  readonly before: number;
  readonly limit: number;
  readonly ignored: ReadonlySet<string>;
}

interface PageText {
  /** What stands in `chunk`. */
  readonly chunk: string;
  readonly next: number | undefined;
}

/** Whether the user sees of the room's threads what others see: members do who ignore nobody, where nothing is hidden. */
async function isShared({ rooms }: Needs, { room, access, participant, ignored }: Wanted): Promise<boolean> {
  if (participant !== undefined || access.membership !== "join" || ignored.size > 0) return false;
  if (await rooms.erasures.anyIn(room.nid)) return false;
  return await rooms.read(room.roomId, (now) => wasAlwaysShared(now.state("m.room.history_visibility", "")));
}

async function sharedPage(needs: Needs, wanted: Wanted): Promise<PageText> {
  const { viewer, room, before, limit } = wanted;
  const now = needs.clock.now();
  const page = await needs.sharedThreads.page({ roomNid: room.nid, before, limit }, async () => {
    const listed = await threadsPage(needs, wanted);
    const text = await renderPage(needs, listed, { viewer, form: { withRoomId: true, now, asTemplate: true } });
    const summaries = await needs.summaries.of(listed.roots);
    return { chunk: new EventTemplate(text), roots: listed.roots, summaries, next: listed.next };
  });
  const own = await threadsOfUser(needs.sql, page, viewer.userId);
  const memberships = await membershipsIn(needs.rooms, viewer.userId, page.chunk.roots);
  const chunk = page.chunk.filledWith({ viewer, now, memberships, own: (root) => String(own.has(root)) });
  return { chunk, next: page.next };
}

async function ownPage(needs: Needs, wanted: Wanted): Promise<PageText> {
  const page = await threadsPage(needs, wanted);
  const form = { withRoomId: true, now: needs.clock.now() };
  return { chunk: await renderPage(needs, page, { viewer: wanted.viewer, form }), next: page.next };
}

async function renderPage(needs: Needs, { roots, bundles }: Page, rendering: Rendering): Promise<string> {
  const decorations = await decorationsOf(needs, { events: roots, bundles }, rendering);
  const source = decoratedBy(needs.rooms, [async () => decorations]);
  const { viewer, form } = rendering;
  return (await renderEvents(source, roots, { ...form, viewer, decorated: true })).join(",");
}

interface Page {
  readonly roots: readonly StoredEvent[];
  readonly bundles: Bundles;
  readonly next: number | undefined;
}

async function threadsPage(needs: Needs, wanted: Wanted): Promise<Page> {
  const { room, access, viewer, participant, before, limit, ignored } = wanted;
  const roots: StoredEvent[] = [];
  const bundles = new Map<number, Bundle>();
  let next = before;
  for (let round = 0; round < ROUNDS && roots.length < limit; round++) {
    const missing = limit - roots.length;
    const found = await listThreads(needs.sql, { roomNid: room.nid, before: next, participant, limit: missing + 1 });
    const listed = found.slice(0, missing);
    const read = await needs.rooms.events.byIds(listed.map(({ rootId }) => rootId));
    const roomsOwn = read.filter((root) => root.roomId === room.roomId && root.verdict === "accepted");
    const visible = await visibleEvents(needs.rooms, access, roomsOwn);
    for (const [position, bundle] of await bundlesFor(needs, visible, viewer)) bundles.set(position, bundle);
    for (const root of visible) {
      // State has no bundles. Of other threads without one the user may see no reply.
      if (root.stateKey === undefined && !bundles.get(root.position)?.thread) continue;
      roots.push(ignored.has(root.pdu.sender) ? withoutContent(root, room) : root);
    }
    next = listed.at(-1)?.latest ?? next;
    if (found.length <= missing) return { roots, bundles, next: undefined };
  }
  return { roots, bundles, next };
}

/** The root of a thread is shown even when its sender is ignored, but not what it says. */
const withoutContent = (event: StoredEvent, { rules }: Room): StoredEvent => ({
  ...event,
  pdu: redact(event.pdu, rules),
});
