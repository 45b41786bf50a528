import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import type { MediaLibrary } from "./library.ts";

/**
 * What clients must know before they upload. The path of before v1.11 asks for a token as well.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediaconfig
 */
export const getConfig = (library: MediaLibrary, path: string, aliases: readonly string[] = []) =>
  endpoint({
    method: "GET",
    path,
    aliases,
    surface: "media",
    auth: "user",
    limit: "reading",
    params: Type.Object({}),
    handle: async () => ({ "m.upload.size": library.limits.maxUploadBytes }),
  });
