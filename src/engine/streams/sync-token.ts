/**
 * Where a client stands: how far it has seen the log, and how far what is never stored (typing). Opaque to clients; the
 * leading letter is the version of the format.
 */
export interface SyncToken {
  readonly position: number;
  readonly ephemeral: number;
  /** How far the client was told messages to its device, when more wait for it: less than `position`. Absent: all. */
  readonly toDevice?: number;
}

/** How far the client was told messages to its device. */
export const toDeviceOf = ({ position, toDevice }: SyncToken): number => toDevice ?? position;

export const formatSyncToken = ({ position, ephemeral, toDevice = position }: SyncToken): string =>
  `s${position}_${ephemeral}${toDevice < position ? `_${toDevice}` : ""}`;

/** `undefined` when the text is no sync token. */
export function parseSyncToken(text: string): SyncToken | undefined {
  const match = /^s(\d{1,16})_(\d{1,16})(?:_(\d{1,16}))?$/.exec(text);
  if (!match) return undefined;
  const token = { position: Number(match[1]), ephemeral: Number(match[2]) };
  if (match[3] === undefined) return token;
  const toDevice = Number(match[3]);
  return toDevice < token.position ? { ...token, toDevice } : undefined;
}
