import { Type } from "typebox";
import { notFound } from "../../http/errors.ts";
import { isServerName } from "../../protocol/ids/ids.ts";
import type { MediaName } from "./media.store.ts";

/** The path parameters that name a medium. */
export const nameParams = Type.Object({ serverName: Type.String(), mediaId: Type.String() });

/** 255 bytes are the limit of server names and of all other identifiers. */
const MEDIA_ID = /^[\w-]{1,255}$/;

/**
 * A name of which nothing can be made but a name: no path, no address.
 * @throws MatrixError 404 `M_NOT_FOUND` for what cannot be the name of a medium
 * @see https://spec.matrix.org/v1.19/client-server-api/#content-repo-security-considerations
 */
export function requireName({ serverName, mediaId }: { serverName: string; mediaId: string }): MediaName {
  if (!isServerName(serverName) || !MEDIA_ID.test(mediaId)) throw notFound("That cannot be the name of a medium");
  return { origin: serverName, mediaId };
}
