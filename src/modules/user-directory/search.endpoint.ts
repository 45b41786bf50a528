import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import type { Sql } from "../../store/sql.ts";
import { searchUsers } from "./search-users.ts";

const DEFAULT_LIMIT = 10;
const LIMIT = 50;
const TERM_LENGTH_LIMIT = 1_000;

/**
 * Finds users by name or user ID, among those whom the searcher may know of.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3user_directorysearch
 */
export const searchUserDirectory = ({ sql }: { readonly sql: Sql }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/user_directory/search",
    auth: "user",
    limit: "message",
    params: Type.Object({}),
    body: Type.Object({
      search_term: Type.String({ maxLength: TERM_LENGTH_LIMIT }),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
    }),

    async handle({ body: { search_term: term, limit = DEFAULT_LIMIT }, requester: { userId }, signal }) {
      return await searchUsers(sql, { searcher: userId, term, limit: Math.min(limit, LIMIT), signal });
    },
  });
