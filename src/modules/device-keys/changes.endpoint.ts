import { Type } from "typebox";
import { parseSyncToken, type SyncToken } from "../../engine/streams/sync-token.ts";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import type { DeviceLists } from "./device-lists.ts";

/**
 * Whose device lists changed between two tokens. What changed after `to` may be among them, when it changed before as well:
 * only the last change of a list is kept.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3keyschanges
 */
export const getKeysChanges = ({ lists }: { readonly lists: DeviceLists }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/keys/changes",
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    query: Type.Object({ from: Type.String(), to: Type.String() }),

    async handle({ query, requester: { userId } }) {
      const from = requireToken("from", query.from);
      const to = requireToken("to", query.to);
      if (to.position <= from.position) return { changed: [], left: [] };
      return await lists.between(userId, { from: from.position, until: to.position });
    },
  });

function requireToken(name: string, text: string): SyncToken {
  const token = parseSyncToken(text);
  if (!token) throw invalidParam(`\`${name}\` is no sync token of this server`);
  return token;
}
