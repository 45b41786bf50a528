import { invalidParam } from "../../http/errors.ts";
import { compileGlob } from "../../protocol/globs.ts";

const LONGEST_URL = 4096;

/**
 * The page that a client asks for. What stands behind `#` is for browsers.
 * @throws MatrixError 400 `M_INVALID_PARAM` for what is no URL of a page, or holds credentials
 */
export function requireTarget(text: string): URL {
  const url = text.length > LONGEST_URL ? null : URL.parse(text);
  if (!url || !isWeb(url)) throw invalidParam("That is not the URL of a web page");
  url.hash = "";
  return url;
}

/** A URL that stands in a page, such as that of an image; `undefined` when nothing can be asked there. */
export function linkedFrom(text: string | undefined, base: URL): URL | undefined {
  if (text === undefined || text === "" || text.length > LONGEST_URL) return undefined;
  const url = URL.parse(text, base);
  if (!url || !isWeb(url)) return undefined;
  url.hash = "";
  return url;
}

const isWeb = ({ protocol, username, password }: URL): boolean =>
  (protocol === "http:" || protocol === "https:") && username === "" && password === "";

/** What the operator allows. */
export interface HostRules {
  /** Globs; `undefined` = all. */
  readonly allowedHosts: readonly string[] | undefined;
  readonly deniedHosts: readonly string[];
  /** `undefined` = all. */
  readonly allowedPorts: readonly number[] | undefined;
}

/** Whether a URL may be asked, by its host and port. Its address is the concern of whoever connects. */
export function hostPolicy({ allowedHosts, deniedHosts, allowedPorts }: HostRules): (url: URL) => boolean {
  const allowed = allowedHosts?.map((glob) => compileGlob(glob, { ignoreCase: true }));
  const denied = deniedHosts.map((glob) => compileGlob(glob, { ignoreCase: true }));
  return (url) => {
    // `example.org.` is another way to write `example.org`.
    const host = url.hostname.replace(/\.$/, "");
    const isListed = allowed?.some((matches) => matches(host)) ?? true;
    const isOfPort = allowedPorts?.includes(portOf(url)) ?? true;
    return isListed && isOfPort && !denied.some((matches) => matches(host));
  };
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}
