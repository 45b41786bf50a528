/** What would run a script, or read files, where a link leads that this server makes. */
const harmful = new Set([
  "javascript:",
  "data:",
  "vbscript:",
  "file:",
  "blob:",
  "about:",
  "view-source:",
  "filesystem:",
]);

const MAX_LENGTH = 2000;

/**
 * Where a client wants its user back, written as URLs are; `undefined` when no browser should be sent there. Apps have
 * schemes of their own.
 */
export function parseRedirectUrl(text: string): string | undefined {
  const url = text.length > MAX_LENGTH ? null : URL.parse(text);
  if (!url || harmful.has(url.protocol) || url.username !== "" || url.password !== "") return undefined;
  return url.href;
}

/**
 * The client's URL with the token, in place of whatever is called so there already. The rest of the query stays as it is,
 * to the letter.
 * @see https://spec.matrix.org/v1.19/client-server-api/#handling-the-callback-from-the-authentication-server
 */
export function withLoginToken(redirectUrl: string, token: string): string {
  const [beforeFragment = "", ...fragment] = redirectUrl.split("#");
  const [base = "", ...query] = beforeFragment.split("?");
  const kept = query
    .join("?")
    .split("&")
    .filter((pair) => pair !== "" && !new URLSearchParams(pair).has("loginToken"));
  const tail = fragment.length === 0 ? "" : `#${fragment.join("#")}`;
  return `${base}?${[...kept, `loginToken=${encodeURIComponent(token)}`].join("&")}${tail}`;
}

/** Whether the client's URL is one of the trusted ones, or lies below one. */
export function isTrusted(redirectUrl: string, trusted: readonly string[]): boolean {
  const url = new URL(redirectUrl);
  return trusted.some((text) => {
    const base = URL.parse(text);
    if (!base || base.protocol !== url.protocol || base.host !== url.host) return false;
    if (url.pathname === base.pathname) return true;
    return url.pathname.startsWith(base.pathname.endsWith("/") ? base.pathname : `${base.pathname}/`);
  });
}

/** What people are shown of where they are sent: enough to know it, nothing secret. */
export function readableTarget(redirectUrl: string): string {
  const url = new URL(redirectUrl);
  return url.host === "" ? url.protocol : `${url.protocol}//${url.host}`;
}
