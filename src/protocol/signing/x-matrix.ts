/** What a server says of itself in the `Authorization` header of a signed request. */
export interface XMatrixCredentials {
  readonly origin: string;
  /** Absent in requests of servers older than v1.3. When it is not our name the request must be refused. */
  readonly destination?: string;
  /** With the algorithm: `ed25519:1`. */
  readonly keyId: string;
  /** Unpadded base64. */
  readonly signature: string;
}

/** Tokens of RFC 9110, with the colon and the slash, plus and equals sign that older servers leave unquoted. */
const parameterPattern =
  /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z:/=[\]-]+))/y;
const separatorPattern = /[ \t]*,[ \t,]*/y;
const maxHeaderLength = 4096;

/**
 * Reads the header. Names are read in any case and order, unknown ones ignored, values quoted or not.
 * @see https://spec.matrix.org/v1.19/server-server-api/#request-authentication
 * @returns `undefined` when it is no `X-Matrix` header, is malformed, names something twice, or lacks a part.
 */
export function parseXMatrix(headerValue: string): XMatrixCredentials | undefined {
  const scheme = /^X-Matrix +/i.exec(headerValue);
  if (scheme === null || headerValue.length > maxHeaderLength) return undefined;
  const parameters = readParameters(headerValue.slice(scheme[0].length).trimEnd());
  const origin = parameters?.get("origin");
  const destination = parameters?.get("destination");
  const keyId = parameters?.get("key");
  // The prose calls it `signature`; the examples and every server say `sig`.
  const signature = parameters?.get("sig") ?? parameters?.get("signature");
  if (origin === undefined || keyId === undefined || signature === undefined) return undefined;
  return { origin, ...(destination === undefined ? {} : { destination }), keyId, signature };
}

/**
 * Writes the header in the form that the oldest servers understand: lower case, quoted, no spaces.
 * @throws TypeError when a value would have to be escaped, which no name, key or signature does.
 */
export function formatXMatrix(credentials: XMatrixCredentials): string {
  const parameters = [
    ["origin", credentials.origin],
    ...(credentials.destination === undefined ? [] : [["destination", credentials.destination]]),
    ["key", credentials.keyId],
    ["sig", credentials.signature],
  ];
  return `X-Matrix ${parameters.map(([name = "", value = ""]) => `${name}="${assertPlain(value)}"`).join(",")}`;
}

function assertPlain(value: string): string {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]*$/.test(value)) throw new TypeError("A value of the header would need escapes");
  return value;
}

function readParameters(text: string): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    parameterPattern.lastIndex = at;
    const match = parameterPattern.exec(text);
    if (match === null) return undefined;
    const [whole, name = "", quoted, token] = match;
    if (parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? token ?? "");
    at += whole.length;
    if (at === text.length) break;
    separatorPattern.lastIndex = at;
    const separator = separatorPattern.exec(text);
    if (separator === null) return undefined;
    at += separator[0].length;
  }
  return parameters;
}
