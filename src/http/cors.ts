/**
 * Sent with every answer, errors and unknown paths included, so that clients in browsers can read them. The origin is
 * always `*`: access is granted by tokens, never by cookies.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#web-browser-clients
 */
export const corsHeaders: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, PUT, DELETE, OPTIONS",
  "access-control-allow-headers": "X-Requested-With, Content-Type, Authorization",
  "access-control-expose-headers": "X-Request-Id, Retry-After",
};

/** How long a browser may remember the answer to a pre-flight request, in seconds: browsers cap it themselves. */
export const PREFLIGHT_MAX_AGE_SECONDS = "86400";
