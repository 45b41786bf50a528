import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { type FindNeeds, findProfile } from "./find-profile.ts";

/**
 * Gives all of a profile.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3profileuserid
 */
export const getProfile = (needs: FindNeeds) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/profile/{userId}",
    auth: "none",
    limit: "reading",
    params: Type.Object({ userId: Type.String() }),
    handle: async ({ params: { userId } }) => await findProfile(needs, userId),
  });
