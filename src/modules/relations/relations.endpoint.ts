import { type Static, Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import { formatTimelineToken } from "../../engine/streams/timeline-token.ts";
import { type AnyEndpoint, endpoint, JsonText, type Requester } from "../../http/endpoint.ts";
import { requireVisibleEvent, timelinePoint } from "../getting-events/index.ts";
import type { BundleNeeds } from "./bundles.ts";
import { childrenPage } from "./children-page.ts";
import { DEEPEST } from "./relations.store.ts";

const DEFAULT_LIMIT = 5;
const LARGEST_LIMIT = 100;
const PATH = "/rooms/{roomId}/relations/{eventId}";
/** Where the path stood before v1.3. */
const UNSTABLE = `/_matrix/client/unstable${PATH}`;

const eventParams = { roomId: Type.String(), eventId: Type.String() };
const name = Type.String({ maxLength: 255, pattern: "^[^\\u0000]*$" });
const direction = Type.Optional(Type.Union([Type.Literal("b"), Type.Literal("f")]));
const query = Type.Object({
  dir: direction,
  "org.matrix.msc3715.dir": direction,
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  recurse: Type.Optional(Type.Boolean()),
  "org.matrix.msc3981.recurse": Type.Optional(Type.Boolean()),
});

interface Needs extends BundleNeeds {
  readonly clock: Clock;
}

interface Asked {
  readonly roomId: string;
  readonly eventId: string;
  readonly relType?: string;
  readonly eventType?: string;
}

/**
 * The children of an event; those of one relation; and those of one relation and event type.
 * @see https://spec.matrix.org/v1.19/client-server-api/#relationships-api
 */
export function relationsEndpoints(needs: Needs): AnyEndpoint[] {
  const common = { method: "GET", auth: "user", limit: "none", query } as const;
  return [
    endpoint({
      ...common,
      path: `/_matrix/client/v1${PATH}`,
      aliases: [UNSTABLE],
      params: Type.Object(eventParams),
      handle: async ({ params, query: wishes, requester }) => await children(needs, params, { wishes, requester }),
    }),
    endpoint({
      ...common,
      path: `/_matrix/client/v1${PATH}/{relType}`,
      aliases: [`${UNSTABLE}/{relType}`],
      params: Type.Object({ ...eventParams, relType: name }),
      handle: async ({ params, query: wishes, requester }) => await children(needs, params, { wishes, requester }),
    }),
    endpoint({
      ...common,
      path: `/_matrix/client/v1${PATH}/{relType}/{eventType}`,
      aliases: [`${UNSTABLE}/{relType}/{eventType}`],
      params: Type.Object({ ...eventParams, relType: name, eventType: name }),
      handle: async ({ params, query: wishes, requester }) => await children(needs, params, { wishes, requester }),
    }),
  ];
}

async function children(
  needs: Needs,
  { roomId, eventId, relType, eventType }: Asked,
  { wishes, requester }: { readonly wishes: Static<typeof query>; readonly requester: Requester },
): Promise<JsonText> {
  const { rooms, clock, ignoredBy } = needs;
  const [from, to] = [timelinePoint("from", wishes.from), timelinePoint("to", wishes.to)];
  const {
    room,
    access,
    event: parent,
  } = await requireVisibleEvent(rooms, { roomId, eventId, userId: requester.userId });
  const recurse = wishes.recurse ?? wishes["org.matrix.msc3981.recurse"];
  const page = await childrenPage(needs, {
    room,
    access,
    parent,
    relType,
    eventType,
    depth: recurse === true ? DEEPEST : 1,
    direction: wishes.dir ?? wishes["org.matrix.msc3715.dir"] ?? "b",
    from,
    to,
    limit: Math.min(wishes.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT),
    ignored: await ignoredBy(requester.userId),
  });
  const options = { viewer: requester, decorated: true, withRoomId: true, now: clock.now() };
  const chunk = await renderEvents(rooms, page.events, options);
  const parts = [`"chunk":[${chunk.join(",")}]`];
  if (page.next !== undefined) parts.push(`"next_batch":"${formatTimelineToken({ before: page.next })}"`);
  if (wishes.from !== undefined) parts.push(`"prev_batch":${JSON.stringify(wishes.from)}`);
  // There whenever the parameter was.
  if (recurse !== undefined) parts.push(`"recursion_depth":${recurse ? DEEPEST : 0}`);
  return new JsonText(`{${parts.join(",")}}`);
}
