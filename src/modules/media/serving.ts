import { create as contentDisposition } from "content-disposition";
import parseRange from "range-parser";
import { Answer } from "../../http/endpoint.ts";
import { MatrixError } from "../../http/errors.ts";
import type { ByteRange } from "./files/file-store.ts";
import type { MediaLibrary } from "./library.ts";
import type { Medium } from "./media.store.ts";

/**
 * Types that browsers may show by themselves: none of them runs anything.
 * @see https://spec.matrix.org/v1.19/client-server-api/#serving-inline-content
 */
const inlineTypes: ReadonlySet<string> = new Set([
  "text/css",
  "text/plain",
  "text/csv",
  "application/json",
  "application/ld+json",
  "image/jpeg",
  "image/gif",
  "image/png",
  "image/apng",
  "image/webp",
  "image/avif",
  "video/mp4",
  "video/webm",
  "video/ogg",
  "video/quicktime",
  "audio/mp4",
  "audio/webm",
  "audio/aac",
  "audio/mpeg",
  "audio/ogg",
  "audio/wave",
  "audio/wav",
  "audio/x-wav",
  "audio/x-pn-wav",
  "audio/flac",
  "audio/x-flac",
]);

/**
 * What every answer with content has, so that a browser takes it for nothing but content: it runs nothing, whatever it is,
 * and pages of other origins may show it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#content-repository
 */
export const contentHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; object-src 'self';",
  "cross-origin-resource-policy": "cross-origin",
  "x-content-type-options": "nosniff",
  // Content never changes; who may see it is not for shared caches to know.
  "cache-control": "private, max-age=31536000, immutable",
};

interface Served {
  readonly medium: Medium;
  /** The name under which it is to be saved, instead of the uploader's. */
  readonly fileName?: string | undefined;
  /** Whether the client said that it may be sent elsewhere (`allow_redirect`). */
  readonly mayRedirect?: boolean | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * The answer with a medium: all of it, a part (`Range`), only that the client has it already (`If-None-Match`), or where it is.
 * @throws MatrixError 404 `M_NOT_FOUND`, 416 `M_UNKNOWN` for a range beyond its end
 */
export async function mediumAnswer(library: MediaLibrary, served: Served): Promise<Answer> {
  const { medium, fileName, headers, mayRedirect = false } = served;
  const etag = `"${medium.fileHash}"`;
  const look = { contentType: medium.contentType, contentDisposition: dispositionOf(medium, fileName) };
  const known = {
    ...contentHeaders,
    etag,
    "accept-ranges": "bytes",
    "content-type": look.contentType,
    "content-disposition": look.contentDisposition,
  };
  const location = mayRedirect ? await library.link(medium, look) : undefined;
  // The link is of minutes: what it leads to may be kept, but not where it leads.
  if (location !== undefined) return new Answer(307, "", { location, "cache-control": "no-store" });
  if (isListed(headers["if-none-match"], etag)) return new Answer(304, "", known);
  const range = isUnchanged(headers["if-range"], etag) ? rangeOf(medium.sizeBytes, headers["range"]) : undefined;
  const bytes = await library.open(medium, range);
  if (!range) return new Answer(200, bytes, { ...known, "content-length": String(medium.sizeBytes) });
  return new Answer(206, bytes, {
    ...known,
    "content-length": String(range.end - range.start + 1),
    "content-range": `bytes ${range.start}-${range.end}/${medium.sizeBytes}`,
  });
}

function dispositionOf({ contentType, uploadName }: Medium, fileName: string | undefined): string {
  const [mime = ""] = contentType.toLowerCase().split(";", 1);
  const type = inlineTypes.has(mime.trim()) ? "inline" : "attachment";
  const name = fileName ?? uploadName;
  return contentDisposition(name === "" ? undefined : name, { type });
}

type Header = string | string[] | undefined;

function isListed(header: Header, etag: string): boolean {
  if (typeof header !== "string") return false;
  return header === "*" || header.split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
}

const isUnchanged = (header: Header, etag: string): boolean => typeof header !== "string" || header === etag;

/** One range; several at once are answered with the whole, which is allowed. */
function rangeOf(sizeBytes: number, header: Header): ByteRange | undefined {
  if (typeof header !== "string" || sizeBytes === 0) return undefined;
  const ranges = parseRange(sizeBytes, header);
  if (ranges === RANGE_BEYOND) throw new MatrixError(416, "M_UNKNOWN", "The range lies beyond the end of the content");
  if (typeof ranges === "number" || ranges.type !== "bytes" || ranges.length !== 1) return undefined;
  return ranges[0];
}

/** What the library says of a range that cannot be satisfied. */
const RANGE_BEYOND = -1;
