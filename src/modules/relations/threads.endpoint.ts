import { Type } from "typebox";
import { decoratedBy, renderEvents } from "../../engine/rooms/client-event.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import { type Access, visibleEvents } from "../../engine/rooms/visibility.ts";
import type { Clock } from "../../clock.ts";
import { formatTimelineToken } from "../../engine/streams/timeline-token.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { redact } from "../../protocol/events/redact.ts";
import { requireSomeAccess, timelinePoint } from "../getting-events/index.ts";
import { type Bundle, type Bundles, bundlesFor } from "./bundles.ts";
import { type DecorationNeeds, decorationsOf } from "./decoration.ts";
import { listThreads } from "./threads.store.ts";

const DEFAULT_LIMIT = 20;
const LARGEST_LIMIT = 100;
/** How often more is read when what was found may not be seen. */
const ROUNDS = 5;

interface Needs extends DecorationNeeds {
  readonly clock: Clock;
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
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),
    query: Type.Object({
      include: Type.Optional(Type.Union([Type.Literal("all"), Type.Literal("participated")])),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      from: Type.Optional(Type.String()),
    }),

    async handle({ params: { roomId }, query, requester }) {
      const { rooms, clock } = needs;
      const { room, access } = await requireSomeAccess(rooms, roomId, requester.userId);
      const { roots, bundles, next } = await threadsPage(needs, {
        room,
        access,
        viewer: requester,
        participant: query.include === "participated" ? requester.userId : undefined,
        before: timelinePoint("from", query.from) ?? Number.MAX_SAFE_INTEGER,
        limit: Math.min(query.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT),
      });
      const form = { withRoomId: true, now: clock.now() };
      const decorations = await decorationsOf(needs, { events: roots, bundles }, { viewer: requester, form });
      const source = decoratedBy(rooms, [async () => decorations]);
      const chunk = await renderEvents(source, roots, { ...form, viewer: requester, decorated: true });
      const nextBatch = next === undefined ? "" : `,"next_batch":"${formatTimelineToken({ before: next })}"`;
      return new JsonText(`{"chunk":[${chunk.join(",")}]${nextBatch}}`);
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
}

interface Page {
  readonly roots: readonly StoredEvent[];
  readonly bundles: Bundles;
  readonly next: number | undefined;
}

async function threadsPage(needs: Needs, { room, access, viewer, participant, before, limit }: Wanted): Promise<Page> {
  const ignored = await needs.ignoredBy(viewer.userId);
  const roots: StoredEvent[] = [];
  const bundles = new Map<number, Bundle>();
  let next = before;
  for (let round = 0; round < ROUNDS && roots.length < limit; round++) {
    const wanted = limit - roots.length;
    const found = await listThreads(needs.sql, { roomNid: room.nid, before: next, participant, limit: wanted + 1 });
    const listed = found.slice(0, wanted);
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
    if (found.length <= wanted) return { roots, bundles, next: undefined };
  }
  return { roots, bundles, next };
}

/** The root of a thread is shown even when its sender is ignored, but not what it says. */
const withoutContent = (event: StoredEvent, { rules }: Room): StoredEvent => ({
  ...event,
  pdu: redact(event.pdu, rules),
});
