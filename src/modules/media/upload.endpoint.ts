import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { arrivalOf, uploadQuery } from "./arrival.ts";
import type { MediaLibrary } from "./library.ts";
import type { Thumbnails } from "./thumbnails/thumbnails.ts";

interface Needs {
  readonly library: MediaLibrary;
  readonly thumbnails: Thumbnails;
}

/**
 * Uploads a file.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav3upload
 */
export const uploadContent = ({ library, thumbnails }: Needs) =>
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
      const arrival = arrivalOf(request, library.limits.maxUploadBytes);
      const name = await library.upload(arrival);
      thumbnails.prepare(name, arrival.contentType);
      return { content_uri: `mxc://${name.origin}/${name.mediaId}` };
    },
  });
