import { endpoint } from "../../http/endpoint.ts";
import { arrivalOf, uploadQuery } from "./arrival.ts";
import type { MediaLibrary } from "./library.ts";
import { nameParams, requireName } from "./name.ts";
import type { Thumbnails } from "./thumbnails/thumbnails.ts";

interface Needs {
  readonly library: MediaLibrary;
  readonly thumbnails: Thumbnails;
}

/**
 * Uploads the file of an announced medium.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixmediav3uploadservernamemediaid
 */
export const uploadContentToMXC = ({ library, thumbnails }: Needs) =>
  endpoint({
    method: "PUT",
    path: "/_matrix/media/v3/upload/{serverName}/{mediaId}",
    aliases: ["/_matrix/media/unstable/fi.mau.msc2246/upload/{serverName}/{mediaId}"],
    surface: "media",
    auth: "user",
    limit: "media",
    suspended: "refused",
    params: nameParams,
    query: uploadQuery,
    rawBody: true,

    async handle(request) {
      const name = requireName(request.params);
      const arrival = arrivalOf(request, library.limits.maxUploadBytes);
      await library.uploadTo(name, arrival);
      thumbnails.prepare(name, arrival.contentType);
      return {};
    },
  });
