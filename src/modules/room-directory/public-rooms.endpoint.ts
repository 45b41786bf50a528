import { type TSchema, Type } from "typebox";
import { isServerName } from "../../protocol/ids/ids.ts";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam, notFound } from "../../http/errors.ts";
import { fold } from "../../store/folded-text.ts";
import { type ListNeeds, listRooms } from "./list-rooms.ts";
import type { RoomFilter } from "./published-rooms.store.ts";

const path = "/_matrix/client/v3/publicRooms";
const SEARCH_LENGTH_LIMIT = 255;
const TERM_LIMIT = 8;
const TYPE_LIMIT = 100;

interface Needs extends ListNeeds {
  readonly serverName: string;
}

/** Clients say `null` for what they have nothing to say about, above all for the token of the first page. */
const orNull = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));

const everyRoom: RoomFilter = { terms: [], types: undefined };

/**
 * The rooms that this server publishes, for everybody.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3publicrooms
 */
export const getPublicRooms = ({ serverName, ...needs }: Needs) =>
  endpoint({
    method: "GET",
    path,
    auth: "none",
    limit: "reading",
    params: Type.Object({}),
    query: Type.Object({
      limit: Type.Optional(Type.Integer()),
      since: Type.Optional(Type.String()),
      server: Type.Optional(Type.String()),
    }),

    async handle({ query: { limit, since, server }, signal }) {
      checkServer(server, serverName);
      return await listRooms(needs, { limit, since, filter: everyRoom, signal });
    },
  });

/**
 * Searches the rooms that this server publishes.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3publicrooms
 */
export const queryPublicRooms = ({ serverName, ...needs }: Needs) =>
  endpoint({
    method: "POST",
    path,
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    query: Type.Object({ server: Type.Optional(Type.String()) }),
    body: Type.Object({
      limit: orNull(Type.Integer()),
      since: orNull(Type.String()),
      filter: orNull(
        Type.Object({
          generic_search_term: orNull(Type.String({ maxLength: SEARCH_LENGTH_LIMIT })),
          room_types: orNull(Type.Array(Type.Union([Type.String(), Type.Null()]), { maxItems: TYPE_LIMIT })),
        }),
      ),
      include_all_networks: Type.Optional(Type.Boolean()),
      third_party_instance_id: orNull(Type.String()),
    }),

    async handle({ query: { server }, body, signal }) {
      checkServer(server, serverName);
      // Only bridges list rooms for networks of their own, and there are none.
      const isOfNetwork = body.include_all_networks !== true && (body.third_party_instance_id ?? "") !== "";
      if (isOfNetwork) return { chunk: [], total_room_count_estimate: 0 };
      const { limit, since, filter } = body;
      return await listRooms(needs, {
        limit: limit ?? undefined,
        since: since ?? undefined,
        filter: readFilter(filter ?? {}),
        signal,
      });
    },
  });

interface FilterJson {
  readonly generic_search_term?: string | null;
  readonly room_types?: readonly (string | null)[] | null;
}

function readFilter({ generic_search_term: term, room_types: types }: FilterJson): RoomFilter {
  const terms = fold(term ?? "")
    .split(/\s+/)
    .filter((word) => word !== "");
  return {
    terms: [...new Set(terms)].slice(0, TERM_LIMIT),
    // `null` asks for rooms without a type. An empty list asks for no type in particular.
    types: types && types.length > 0 ? types.map((type) => type ?? "") : undefined,
  };
}

/** @throws MatrixError `M_NOT_FOUND` for the directory of another server: without federation there is no way to it. */
function checkServer(server: string | undefined, serverName: string): void {
  if (server === undefined || server === serverName) return;
  if (!isServerName(server)) throw invalidParam("`server` is no server name");
  throw notFound(`The room directory of ${server} cannot be reached from here`);
}
