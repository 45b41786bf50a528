import { Type } from "typebox";
import { summariesOf } from "../../engine/rooms/room-summary.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, invalidParam } from "../../http/errors.ts";
import { childState } from "./children.ts";
import { formatPageToken, type PageToken, parsePageToken } from "./page-token.ts";
import { spaceTree, type TreeRoom, type TreeWishes } from "./space-tree.ts";

const LARGEST_LIMIT = 50;
const LARGEST_DEPTH = 10;

/**
 * A page of the rooms in a space and in the spaces below it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidhierarchy
 */
export const getSpaceHierarchy = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v1/rooms/{roomId}/hierarchy",
    aliases: ["/_matrix/client/unstable/org.matrix.msc2946/rooms/{roomId}/hierarchy"],
    auth: "user",
    limit: "reading",
    params: Type.Object({ roomId: Type.String() }),
    query: Type.Object({
      suggested_only: Type.Optional(Type.Boolean()),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      max_depth: Type.Optional(Type.Integer({ minimum: 0 })),
      from: Type.Optional(Type.String()),
    }),

    async handle({ params: { roomId: rootId }, query, requester: { userId } }) {
      const suggestedOnly = query.suggested_only ?? false;
      const maxDepth = Math.min(query.max_depth ?? LARGEST_DEPTH, LARGEST_DEPTH);
      const wishes = { rootId, userId, suggestedOnly, maxDepth };
      const from = query.from === undefined ? undefined : tokenFor(query.from, wishes);
      const limit = Math.min(query.limit ?? LARGEST_LIMIT, LARGEST_LIMIT);
      const { page, next } = await pageOf(rooms, wishes, { from, limit });
      const summaries = await summariesOf(
        rooms,
        page.map(({ room }) => room),
      );
      return {
        rooms: summaries.map((summary, index) => ({
          ...summary,
          children_state: (page[index]?.children ?? []).map(childState),
        })),
        ...(next && { next_batch: formatPageToken(next) }),
      };
    },
  });

/** The token of a page goes on with what the first page was asked for. */
function tokenFor(text: string, { rootId, suggestedOnly, maxDepth }: TreeWishes): PageToken {
  const token = parsePageToken(text);
  if (!token || token.roomId !== rootId) throw invalidParam("`from` is no token for this space");
  if (token.suggestedOnly !== suggestedOnly || token.maxDepth !== maxDepth) {
    throw invalidParam("`suggested_only` and `max_depth` stay the same from page to page");
  }
  return token;
}

interface Wanted {
  readonly from: PageToken | undefined;
  readonly limit: number;
}

interface Page {
  readonly page: readonly TreeRoom[];
  readonly next: PageToken | undefined;
}

async function pageOf(rooms: Rooms, wishes: TreeWishes, { from, limit }: Wanted): Promise<Page> {
  const told: string[] = [];
  // Rooms that were told; when the last of them is gone from the tree, their number must do.
  let page: TreeRoom[] = [];
  let isBehind = from === undefined;
  let hasMore = false;
  for await (const found of spaceTree(rooms, wishes)) {
    if (page.length === limit && isBehind) {
      hasMore = true;
      break;
    }
    told.push(found.room.roomId);
    if (isBehind || told.length > (from?.told ?? 0)) page.push(found);
    if (!isBehind && found.room.roomId === from?.last) {
      isBehind = true;
      page = [];
    }
  }
  if (told.length === 0) throw forbidden("You may not see this space");
  const cut = page.slice(0, limit);
  const last = cut.at(-1)?.room.roomId;
  if (last === undefined || (!hasMore && cut.length === page.length)) return { page: cut, next: undefined };
  const { rootId: roomId, suggestedOnly, maxDepth } = wishes;
  return { page: cut, next: { roomId, suggestedOnly, maxDepth, told: told.indexOf(last) + 1, last } };
}
