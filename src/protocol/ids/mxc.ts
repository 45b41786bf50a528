import { type Branded, isServerName, type ServerName } from "./ids.ts";

/** `mxc://server/media-id`. */
export type MxcUri = Branded<"MxcUri">;

/** The parts of a content URI. */
export interface ParsedMxcUri {
  readonly mxcUri: MxcUri;
  readonly serverName: ServerName;
  readonly mediaId: string;
}

const scheme = "mxc://";
const mediaIdPattern = /^[A-Za-z0-9_-]{1,255}$/;

/** Whether the text may stand for media in a path: letters, digits, `_` and `-`, so that it can never leave a folder. */
export const isMediaId = (text: string): boolean => mediaIdPattern.test(text);

/**
 * Takes a content URI apart.
 * @see https://spec.matrix.org/v1.19/client-server-api/#matrix-content-mxc-uris
 * @returns `undefined` when the text is no content URI.
 */
export function parseMxcUri(text: string): ParsedMxcUri | undefined {
  if (!isMxcUri(text)) return undefined;
  const slash = text.indexOf("/", scheme.length);
  const serverName = text.slice(scheme.length, slash);
  return isServerName(serverName) ? { mxcUri: text, serverName, mediaId: text.slice(slash + 1) } : undefined;
}

/** Whether the text is a content URI. */
export function isMxcUri(text: string): text is MxcUri {
  if (!text.startsWith(scheme)) return false;
  const slash = text.indexOf("/", scheme.length);
  return slash !== -1 && isServerName(text.slice(scheme.length, slash)) && isMediaId(text.slice(slash + 1));
}

/** Writes a content URI. */
export const formatMxcUri = (serverName: string, mediaId: string): string => `${scheme}${serverName}/${mediaId}`;
