// Two ways to write the same link: `matrix:roomid/room:example.org/e/event?via=…` and
// `https://matrix.to/#/!room:example.org/$event?via=…`. Both are read into, and written from, one `MatrixLink`.

import { isEventId, isRoomAlias, isRoomId, isServerName, isUserId } from "./ids.ts";

/** What a link names, and what its author would have the client do with it. */
export interface MatrixLink {
  /** A user ID, room ID or room alias, with its sigil. */
  readonly target: string;
  /** An event of the room, with its sigil. */
  readonly eventId?: string;
  /** `join` only of rooms, `chat` only of users; others are ignored. */
  readonly action?: "join" | "chat";
  /** Servers through which the room can be reached. */
  readonly via: readonly string[];
}

const sigils: Readonly<Record<string, string>> = { u: "@", user: "@", r: "#", room: "#", roomid: "!" };
const types: Readonly<Record<string, string>> = { "@": "u", "#": "r", "!": "roomid" };
const matrixToPrefix = "https://matrix.to/#/";
const maxUriLength = 8192;

/**
 * Reads a `matrix:` URI. An authority and a fragment, which have no meaning yet, are passed over.
 * @see https://spec.matrix.org/v1.19/appendices/#matrix-uri-scheme
 * @returns `undefined` when it names nothing that we know.
 */
export function parseMatrixUri(uri: string): MatrixLink | undefined {
  if (uri.length > maxUriLength || !/^matrix:/i.test(uri)) return undefined;
  const withoutFragment = uri.slice("matrix:".length).replace(/#.*$/s, "");
  const { path, query } = splitQuery(withoutFragment.replace(/^\/\/[^/]*\//, ""));
  const [type, id, eventType, eventId, ...rest] = path.split("/");
  if (type === undefined || id === undefined || rest.length > 0) return undefined;
  if (eventType !== undefined && eventType !== "e" && eventType !== "event") return undefined;
  const sigil = Object.hasOwn(sigils, type) ? sigils[type] : undefined;
  const target = decode(id);
  if (sigil === undefined || target === undefined) return undefined;
  const event = eventType === undefined ? undefined : (decode(eventId ?? "") ?? "");
  return linkOf(sigil + target, event === undefined ? undefined : `$${event}`, query);
}

/**
 * Reads a `https://matrix.to/#/` link, also when what should be percent-encoded is not.
 * @see https://spec.matrix.org/v1.19/appendices/#matrixto-navigation
 * @returns `undefined` when it names nothing that we know.
 */
export function parseMatrixToUri(uri: string): MatrixLink | undefined {
  if (uri.length > maxUriLength || !uri.startsWith(matrixToPrefix)) return undefined;
  const { path, query } = splitQuery(uri.slice(matrixToPrefix.length));
  // An event ID of room version 3 may hold slashes, which are to be encoded but were not always.
  const slash = path.indexOf("/");
  const target = decode(slash === -1 ? path : path.slice(0, slash));
  const eventId = slash === -1 ? undefined : decode(path.slice(slash + 1));
  if (target === undefined || (slash !== -1 && eventId === undefined)) return undefined;
  return linkOf(target, eventId === "" ? undefined : eventId, query);
}

/** Writes a `matrix:` URI. @throws when the target is no user ID, room ID or alias. */
export function formatMatrixUri(link: MatrixLink): string {
  const type = types[link.target.charAt(0)];
  if (type === undefined) throw new TypeError("A link names a user, a room or an alias");
  const event = link.eventId === undefined ? "" : `/e/${encode(link.eventId.slice(1))}`;
  const action = link.action === undefined ? [] : [`action=${link.action}`];
  return `matrix:${type}/${encode(link.target.slice(1))}${event}${formatQuery([...viaOf(link), ...action])}`;
}

/** Writes a `https://matrix.to/#/` link, in which no action can be expressed. */
export function formatMatrixToUri(link: MatrixLink): string {
  const event = link.eventId === undefined ? "" : `/${encode(link.eventId)}`;
  return `${matrixToPrefix}${encode(link.target)}${event}${formatQuery(viaOf(link))}`;
}

function linkOf(target: string, eventId: string | undefined, query: string): MatrixLink | undefined {
  const isRoom = isRoomId(target) || isRoomAlias(target);
  if (!isRoom && !isUserId(target)) return undefined;
  if (eventId !== undefined && !(isRoom && isEventId(eventId))) return undefined;
  const parameters = new URLSearchParams(query);
  const action = parameters.get("action");
  return {
    target,
    ...(eventId === undefined ? {} : { eventId }),
    ...(action === "join" && isRoom ? { action } : {}),
    ...(action === "chat" && !isRoom ? { action } : {}),
    via: parameters.getAll("via").filter((name) => isServerName(name)),
  };
}

function splitQuery(text: string): { path: string; query: string } {
  const mark = text.indexOf("?");
  return mark === -1 ? { path: text, query: "" } : { path: text.slice(0, mark), query: text.slice(mark + 1) };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the link is broken, and that is all there is to say.
    return undefined;
  }
}

/** Colons and the sigils that cannot be misread stay legible. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%40", "@").replaceAll("%24", "$");

const viaOf = (link: MatrixLink): readonly string[] => link.via.map((server) => `via=${encode(server)}`);

const formatQuery = (parameters: readonly string[]): string =>
  parameters.length === 0 ? "" : `?${parameters.join("&")}`;
