import { endpoint } from "../../http/endpoint.ts";
import { download, downloadQuery, givingOut, namedParams } from "./download.ts";
import type { MediaLibrary } from "./library.ts";
import { nameParams } from "./name.ts";

interface Needs {
  readonly library: MediaLibrary;
}

/**
 * Gives a medium to those who are logged in.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaid
 */
export const getContentAuthed = ({ library }: Needs) =>
  endpoint({
    ...givingOut,
    path: "/_matrix/client/v1/media/download/{serverName}/{mediaId}",
    aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/download/{serverName}/{mediaId}"],
    auth: "user-or-guest",
    params: nameParams,
    query: downloadQuery,
    handle: async (request) => await download(library, request),
  });

/**
 * The same under a name of the client's choice.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaidfilename
 */
export const getContentOverrideNameAuthed = ({ library }: Needs) =>
  endpoint({
    ...givingOut,
    path: "/_matrix/client/v1/media/download/{serverName}/{mediaId}/{fileName}",
    aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/download/{serverName}/{mediaId}/{fileName}"],
    auth: "user-or-guest",
    params: namedParams,
    query: downloadQuery,
    handle: async (request) => await download(library, request),
  });
