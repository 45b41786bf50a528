import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import type { MediaLibrary } from "./library.ts";

/**
 * Announces a medium whose file comes later, so that an event can speak of it already.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav1create
 */
export const createContent = ({ library }: { readonly library: MediaLibrary }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/media/v1/create",
    aliases: ["/_matrix/media/unstable/fi.mau.msc2246/create"],
    surface: "media",
    auth: "user",
    limit: "media",
    suspended: "refused",
    params: Type.Object({}),

    async handle({ requester }) {
      const { origin, mediaId, expiresAt } = await library.announce(requester.userId);
      return { content_uri: `mxc://${origin}/${mediaId}`, unused_expires_at: expiresAt };
    },
  });
