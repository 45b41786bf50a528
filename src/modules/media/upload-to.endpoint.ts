import { endpoint } from "../../http/endpoint.ts";
import { arrivalOf, uploadQuery } from "./arrival.ts";
import type { MediaLibrary } from "./library.ts";
import { nameParams, requireName } from "./name.ts";

/**
 * Uploads the file of an announced medium.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixmediav3uploadservernamemediaid
 */
export const uploadContentToMXC = ({ library }: { readonly library: MediaLibrary }) =>
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
      await library.uploadTo(requireName(request.params), arrivalOf(request, library.limits.maxUploadBytes));
      return {};
    },
  });
