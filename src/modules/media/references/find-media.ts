import type { JsonObject, JsonValue } from "../../../protocol/json/json.ts";
import { isMediaId } from "../../../protocol/ids/mxc.ts";
import { isServerName } from "../../../protocol/ids/ids.ts";
import type { MediaName } from "../media.store.ts";

/** An event that names more is not about them. */
const MAX_OF_AN_EVENT = 500;
/** What lies deeper no client shows. */
const MAX_DEPTH = 32;
const SCHEME = "mxc://";
const URI = /mxc:\/\/([\w.:[\]-]{1,255})\/([\w-]{1,255})/g;

/**
 * The media that a content names, wherever it does: `url`, `info.thumbnail_url`, `file.url`, `avatar_url`, images within
 * formatted text, packs of stickers. Cost: one look at each of its strings.
 */
export function findMedia(content: JsonObject): readonly MediaName[] {
  const found = new Map<string, MediaName>();
  collect(content, found, 0);
  return [...found.values()];
}

function collect(value: JsonValue, found: Map<string, MediaName>, depth: number): void {
  if (typeof value === "string") {
    if (value.includes(SCHEME)) collectFrom(value, found);
  } else if (typeof value === "object" && value !== null && depth < MAX_DEPTH) {
    for (const each of Object.values<JsonValue | undefined>(value)) collect(each ?? null, found, depth + 1);
  }
}

function collectFrom(text: string, found: Map<string, MediaName>): void {
  for (const [uri, origin = "", mediaId = ""] of text.matchAll(URI)) {
    if (found.size >= MAX_OF_AN_EVENT) return;
    if (isServerName(origin) && isMediaId(mediaId)) found.set(uri, { origin, mediaId });
  }
}
