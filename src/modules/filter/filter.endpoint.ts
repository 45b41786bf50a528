import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { forbidden, notFound } from "../../http/errors.ts";
import type { Filters } from "./filters.ts";

/**
 * Gives a stored filter back.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3useruseridfilterfilterid
 */
export const getFilter = ({ filters }: { readonly filters: Pick<Filters, "getText"> }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/user/{userId}/filter/{filterId}",
    auth: "user",
    limit: "none",
    params: Type.Object({ userId: Type.String(), filterId: Type.String() }),

    async handle({ params: { userId, filterId }, requester }) {
      if (userId !== requester.userId) throw forbidden("These are the filters of somebody else");
      const text = await filters.getText(userId, filterId);
      if (text === undefined) throw notFound("There is no such filter");
      return new JsonText(text);
    },
  });
