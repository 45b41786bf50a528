import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { arrivalOf, uploadQuery } from "./arrival.ts";
import type { MediaLibrary } from "./library.ts";

/**
 * Uploads a file.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav3upload
 */
export const uploadContent = ({ library }: { readonly library: MediaLibrary }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/media/v3/upload",
    surface: "media",
    auth: "user",
    limit: "media",
    suspended: "refused",
    params: Type.Object({}),
    query: uploadQuery,
    rawBody: true,

    async handle(request) {
      const { origin, mediaId } = await library.upload(arrivalOf(request, library.limits.maxUploadBytes));
      return { content_uri: `mxc://${origin}/${mediaId}` };
    },
  });
