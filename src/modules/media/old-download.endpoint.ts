import { endpoint } from "../../http/endpoint.ts";
import { download, givingOut, namedParams, oldDownloadQuery } from "./download.ts";
import type { MediaLibrary } from "./library.ts";
import { nameParams } from "./name.ts";

interface Needs {
  readonly library: MediaLibrary;
  /** Only media made before are given to everybody; ms since the epoch. */
  readonly openUntil: number;
}

/**
 * The downloads of before v1.11, for everybody who knows the name: of old media alone, as the operator says.
 * @see https://spec.matrix.org/v1.19/client-server-api/#content-repo-client-behaviour
 */
export const getContent = ({ library, openUntil }: Needs) =>
  endpoint({
    ...givingOut,
    path: "/_matrix/media/v3/download/{serverName}/{mediaId}",
    auth: "none",
    params: nameParams,
    query: oldDownloadQuery,
    handle: async (request) => await download(library, request, openUntil),
  });

/** The same under a name of the client's choice. */
export const getContentOverrideName = ({ library, openUntil }: Needs) =>
  endpoint({
    ...givingOut,
    path: "/_matrix/media/v3/download/{serverName}/{mediaId}/{fileName}",
    auth: "none",
    params: namedParams,
    query: oldDownloadQuery,
    handle: async (request) => await download(library, request, openUntil),
  });
