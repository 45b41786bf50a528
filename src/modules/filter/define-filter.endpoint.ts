import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { badJson, forbidden } from "../../http/errors.ts";
import { parseFilter } from "../../protocol/filters/parse.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Filters } from "./filters.ts";

/** Far above what clients send; a filter is compiled again and again. */
const bodyLimitBytes = 64 * 1024;

/**
 * Stores a filter.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridfilter
 */
export const defineFilter = ({ filters }: { readonly filters: Pick<Filters, "add"> }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/user/{userId}/filter",
    auth: "user",
    limit: "none",
    params: Type.Object({ userId: Type.String() }),
    body: Type.Unsafe<JsonObject>(Type.Object({})),
    bodyLimitBytes,

    async handle({ params: { userId }, body, requester }) {
      if (userId !== requester.userId) throw forbidden("These are the filters of somebody else");
      const parsed = parseFilter(body);
      if (!parsed.ok) throw badJson(parsed.reason);
      return { filter_id: await filters.add(userId, body) };
    },
  });
