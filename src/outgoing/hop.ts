import { OutgoingError } from "./errors.ts";
import type { OutgoingRequest } from "./request.ts";

/** One of the requests that a request with redirects consists of. */
export interface Hop {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** What says who asks, and what was meant for one server: not told to another. */
const tellsAnybody = new Set(["accept", "accept-language", "user-agent"]);

/** @throws OutgoingError `invalid` */
export function firstHop({ url: written, headers = {}, allowsPlainHttp = false }: OutgoingRequest): Hop {
  const url = URL.parse(written);
  if (!url) throw new OutgoingError("invalid", "");
  return { url: checkedUrl(url, allowsPlainHttp), headers };
}

/** Whether the answer sends the asker on. */
export const isRedirect = (status: number): boolean => redirectStatuses.has(status);

/**
 * Where a redirect leads. Never from `https:` to `http:`.
 * @throws OutgoingError `redirected` when it leads nowhere that requests go
 */
export function nextHop({ url: from, headers }: Hop, location: string | undefined, allowsPlainHttp: boolean): Hop {
  const url = location === undefined ? null : URL.parse(location, from);
  if (!url) throw new OutgoingError("redirected", from.host);
  const isSameOrigin = url.origin === from.origin;
  return {
    url: checkedUrl(url, allowsPlainHttp && from.protocol === "http:"),
    headers: isSameOrigin ? headers : withoutSecrets(headers),
  };
}

function checkedUrl(url: URL, allowsPlainHttp: boolean): URL {
  const isKnown = url.protocol === "https:" || (allowsPlainHttp && url.protocol === "http:");
  if (!isKnown || url.username !== "" || url.password !== "") throw new OutgoingError("invalid", url.host);
  return url;
}

const withoutSecrets = (headers: Hop["headers"]): Hop["headers"] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => tellsAnybody.has(name)));
