/** What one device says of its user, and what its devices together make of the user. Values in, values out. */

/** @see https://spec.matrix.org/v1.19/client-server-api/#presence */
export type State = "online" | "unavailable" | "offline";

/** Without a sync for so long a device is gone. */
const GONE_AFTER_MS = 30_000;
/** Without activity for so long nobody sits before an online device. */
const IDLE_AFTER_MS = 5 * 60_000;
/** So long after the last activity the user counts as active: nothing more is told of when it was. */
const ACTIVE_FOR_MS = 60_000;

/** One device of a user. Times are milliseconds since the epoch. */
export interface Device {
  readonly state: State;
  /** Whether the client set it by a request of its own: then a sync that says nothing of presence leaves it. */
  readonly isSet: boolean;
  /** Syncs that wait for an answer. */
  readonly syncCount: number;
  /** The last sync or request. */
  readonly seenAt: number;
}

/** What others are shown. */
export interface Shown {
  readonly state: State;
  readonly isActive: boolean;
}

export const isGone = ({ syncCount, seenAt }: Device, now: number): boolean =>
  syncCount === 0 && now - seenAt >= GONE_AFTER_MS;

/** The state of a user: that of the most present device, but nobody is online who was not active for long. */
export function shownBy(devices: Iterable<Device>, lastActiveAt: number, now: number): Shown {
  const states = new Set<State>();
  for (const device of devices) if (!isGone(device, now)) states.add(device.state);
  const isIdle = now - lastActiveAt >= IDLE_AFTER_MS;
  if (states.has("online") && !isIdle) return { state: "online", isActive: now - lastActiveAt < ACTIVE_FOR_MS };
  const isThere = states.has("online") || states.has("unavailable");
  return { state: isThere ? "unavailable" : "offline", isActive: false };
}

/** What a sync says of presence; `undefined`: nothing, which means online unless the client has set something else. */
export type SyncWord = "online" | "unavailable" | undefined;

/**
 * The device after a sync has begun, and whether that shows that somebody is there: a word that says so does, and the
 * change to online; to go on syncing without a word does not.
 */
export function afterSync(
  device: Device | undefined,
  word: SyncWord,
  now: number,
): { readonly device: Device; readonly isActivity: boolean } {
  const syncCount = (device?.syncCount ?? 0) + 1;
  const known = device && !isGone(device, now) ? device : undefined;
  const state = word ?? (known?.isSet ? known.state : "online");
  const isActivity = word === "online" || (state === "online" && known?.state !== "online");
  const isSet = word === undefined && known?.isSet === true;
  return { device: { state, isSet, syncCount, seenAt: now }, isActivity };
}
