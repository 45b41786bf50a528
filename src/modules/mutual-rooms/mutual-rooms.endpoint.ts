import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import { isUserId } from "../../protocol/ids/ids.ts";
import type { Sql } from "../../store/sql.ts";
import { mutualRoomsStore } from "./mutual-rooms.store.ts";

const PAGE_SIZE = 100;
/** The whole of a token: the number of the last room told. */
const TOKEN = /^\d{1,15}$/;

interface Needs {
  readonly sql: Sql;
}

interface Asked {
  readonly userId: string;
  readonly otherId: string;
  readonly from: string | undefined;
}

interface Page {
  readonly joined: readonly string[];
  readonly count: number;
  readonly next: string | undefined;
}

/**
 * The rooms that the user shares with another one.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mutual_rooms
 */
export const getMutualRooms = (needs: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v1/mutual_rooms",
    auth: "user",
    limit: "reading",
    params: Type.Object({}),
    query: Type.Object({ user_id: Type.String(), from: Type.Optional(Type.String()) }),

    async handle({ query: { user_id: otherId, from }, requester: { userId } }) {
      const { joined, count, next } = await pageOf(needs, { userId, otherId, from });
      return { joined, count, ...(next !== undefined && { next_batch: next }) };
    },
  });

/**
 * The same as it was before it became a part of the specification: tokens have other names.
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/2666
 */
export const getMutualRoomsUnstable = (needs: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms",
    auth: "user",
    limit: "reading",
    params: Type.Object({}),
    query: Type.Object({ user_id: Type.String(), batch_token: Type.Optional(Type.String()) }),

    async handle({ query: { user_id: otherId, batch_token: from }, requester: { userId } }) {
      const { joined, count, next } = await pageOf(needs, { userId, otherId, from });
      return { joined, count, ...(next !== undefined && { next_batch_token: next }) };
    },
  });

async function pageOf({ sql }: Needs, { userId, otherId, from = "0" }: Asked): Promise<Page> {
  if (!isUserId(otherId)) throw invalidParam("`user_id` is no user ID");
  if (otherId === userId) throw invalidParam("`user_id` is your own");
  if (!TOKEN.test(from)) throw invalidParam("The token is not one of this server");
  const store = mutualRoomsStore(sql);
  const users = [userId, otherId] as const;
  const [found, count] = await Promise.all([
    // One more than is told says whether there is another page.
    store.page(users, Number(from), PAGE_SIZE + 1),
    store.count(users),
  ]);
  const told = found.slice(0, PAGE_SIZE);
  const last = told.at(-1);
  return {
    joined: told.map(({ roomId }) => roomId),
    count,
    next: found.length > PAGE_SIZE && last ? String(last.nid) : undefined,
  };
}
