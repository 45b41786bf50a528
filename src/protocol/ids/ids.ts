// How identifiers work here: every identifier is a plain string with a brand, and only the functions of this folder put
// the brand on (`isUserId(text)` narrows). The parsers take what the specification demands that servers accept, which is
// more than what they may create: `isValidNewLocalpart` is the strict rule for accounts of our own.

declare const brand: unique symbol;

/** A string that a parser has found to be of the named kind. Assignable to `string`, never from it. */
export type Branded<Kind extends string> = string & { readonly [brand]: Kind };

/** `@localpart:server`. */
export type UserId = Branded<"UserId">;
/** `!opaque:server`, or since room version 12 `!hash`. */
export type RoomId = Branded<"RoomId">;
/** `#localpart:server`. */
export type RoomAlias = Branded<"RoomAlias">;
/** `$opaque:server` (room versions 1 and 2) or `$hash`. */
export type EventId = Branded<"EventId">;
/** `host` or `host:port`, the host being a DNS name or an IP literal. Compared by case. */
export type ServerName = Branded<"ServerName">;

/** The parts of a user ID. */
export interface ParsedUserId {
  readonly userId: UserId;
  readonly localpart: string;
  readonly serverName: ServerName;
}

/** The parts of a room ID. */
export interface ParsedRoomId {
  readonly roomId: RoomId;
  readonly opaqueId: string;
  /** `undefined` for the IDs of room version 12, which name no server. */
  readonly serverName: ServerName | undefined;
}

/** The parts of a room alias. */
export interface ParsedRoomAlias {
  readonly roomAlias: RoomAlias;
  readonly localpart: string;
  readonly serverName: ServerName;
}

/** The parts of an event ID. */
export interface ParsedEventId {
  readonly eventId: EventId;
  readonly opaqueId: string;
  /** `undefined` since room version 3, whose event IDs are hashes. */
  readonly serverName: ServerName | undefined;
}

/** The parts of a server name. */
export interface ParsedServerName {
  readonly serverName: ServerName;
  /** Without the port; an IPv6 literal keeps its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly kind: "dns" | "ipv4" | "ipv6";
}

/** The longest identifier with a sigil, in bytes of UTF-8, sigil and server name included. */
export const maxIdentifierBytes = 255;

const serverNamePattern =
  /^(?:(\d{1,3}(?:\.\d{1,3}){3})|(\[[\dA-Fa-f:.]{2,45}\])|([\dA-Za-z.-]{1,255}))(?::(\d{1,5}))?$/;
const newLocalpartPattern = /^[a-z0-9._=/+-]+$/;
const compliantLocalpartPattern = /^[\x21-\x39\x3b-\x7e]+$/;

/**
 * Takes a server name apart. Nothing is resolved or changed: names are compared by case.
 * @see https://spec.matrix.org/v1.19/appendices/#server-name
 * @returns `undefined` when the text is not a server name.
 */
export function parseServerName(text: string): ParsedServerName | undefined {
  const match = serverNamePattern.exec(text);
  if (match === null || !isServerName(text)) return undefined;
  const [, ipv4, ipv6, dns, port] = match;
  const host = ipv4 ?? ipv6 ?? dns;
  if (host === undefined) return undefined;
  const kind = ipv4 !== undefined ? "ipv4" : ipv6 !== undefined ? "ipv6" : "dns";
  return { serverName: text, host, port: port === undefined ? undefined : Number(port), kind };
}

/** Whether the text follows the grammar of server names. */
export const isServerName = (text: string): text is ServerName => serverNamePattern.test(text);

/**
 * Reads a user ID by the historical grammar: servers accept every code point but `:` and NUL in the local part, even none
 * at all, since such accounts exist.
 * @see https://spec.matrix.org/v1.19/appendices/#user-identifiers
 * @returns `undefined` when the text is not a user ID.
 */
export function parseUserId(text: string): ParsedUserId | undefined {
  const parts = splitIdentifier(text, "@");
  if (parts?.serverName === undefined || !isUserId(text)) return undefined;
  return { userId: text, localpart: parts.localpart, serverName: parts.serverName };
}

/** Whether the text is a user ID by the historical grammar. */
export const isUserId = (text: string): text is UserId => splitIdentifier(text, "@")?.serverName !== undefined;

/**
 * Whether an account of this local part may be made today: never empty, lower-case letters, digits and `._=/+-`.
 * The length of the whole user ID must be checked besides (`isUserId`).
 * @see https://spec.matrix.org/v1.19/appendices/#user-identifiers
 */
export const isValidNewLocalpart = (localpart: string): boolean => newLocalpartPattern.test(localpart);

/**
 * Whether clients should hear of this user outside events. Users whose local part is empty, or is not visible ASCII, are
 * still accepted in events.
 * @see https://spec.matrix.org/v1.19/appendices/#historical-user-ids
 */
export const isCompliantLocalpart = (localpart: string): boolean => compliantLocalpartPattern.test(localpart);

/**
 * Takes a room ID of any room version apart. The server in it says who made the room, not who is in it.
 * @see https://spec.matrix.org/v1.19/appendices/#room-ids
 * @returns `undefined` when the text is not a room ID.
 */
export function parseRoomId(text: string): ParsedRoomId | undefined {
  const parts = splitIdentifier(text, "!");
  if (parts === undefined || !isRoomId(text)) return undefined;
  return { roomId: text, opaqueId: parts.localpart, serverName: parts.serverName };
}

/** Whether the text is a room ID of any room version. */
export function isRoomId(text: string): text is RoomId {
  const parts = splitIdentifier(text, "!");
  return parts !== undefined && parts.localpart !== "";
}

/**
 * Takes a room alias apart. The server is the one to ask for the room.
 * @see https://spec.matrix.org/v1.19/appendices/#room-aliases
 * @returns `undefined` when the text is not a room alias.
 */
export function parseRoomAlias(text: string): ParsedRoomAlias | undefined {
  const parts = splitIdentifier(text, "#");
  if (parts?.serverName === undefined || !isRoomAlias(text)) return undefined;
  return { roomAlias: text, localpart: parts.localpart, serverName: parts.serverName };
}

/** Whether the text is a room alias. */
export const isRoomAlias = (text: string): text is RoomAlias => splitIdentifier(text, "#")?.serverName !== undefined;

/**
 * Takes an event ID of any room version apart.
 * @see https://spec.matrix.org/v1.19/appendices/#event-ids
 * @returns `undefined` when the text is not an event ID of any room version.
 */
export function parseEventId(text: string): ParsedEventId | undefined {
  const parts = splitIdentifier(text, "$");
  if (parts === undefined || !isEventId(text)) return undefined;
  return { eventId: text, opaqueId: parts.localpart, serverName: parts.serverName };
}

/** Whether the text is an event ID of any room version. */
export function isEventId(text: string): text is EventId {
  const parts = splitIdentifier(text, "$");
  return parts !== undefined && parts.localpart !== "";
}

/**
 * The server that an identifier names: what follows its first colon. Cheap, and does not judge the identifier.
 * @returns `undefined` when it names none (hashes of newer room versions) or something that is no server name.
 */
export function serverNameOf(id: string): ServerName | undefined {
  const colon = id.indexOf(":");
  if (colon === -1) return undefined;
  const name = id.slice(colon + 1);
  return isServerName(name) ? name : undefined;
}

/** A server name is missing only when there is no colon: a colon with something else behind it is no identifier. */
function splitIdentifier(
  text: string,
  sigil: string,
): { localpart: string; serverName: ServerName | undefined } | undefined {
  if (!text.startsWith(sigil) || !fits(text) || text.includes("\0") || !text.isWellFormed()) return undefined;
  const colon = text.indexOf(":");
  if (colon === -1) return { localpart: text.slice(1), serverName: undefined };
  const serverName = text.slice(colon + 1);
  return isServerName(serverName) ? { localpart: text.slice(1, colon), serverName } : undefined;
}

/** One UTF-16 unit is at most three bytes of UTF-8, so that most identifiers need no counting. */
function fits(text: string): boolean {
  if (text.length * 3 <= maxIdentifierBytes) return true;
  return text.length <= maxIdentifierBytes && new TextEncoder().encode(text).length <= maxIdentifierBytes;
}
