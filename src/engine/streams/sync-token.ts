/**
 * Where a client stands: how far it has seen the log, and how far what is never stored (typing). Opaque to clients; the
 * leading letter is the version of the format.
 */
export interface SyncToken {
  readonly position: number;
  readonly ephemeral: number;
}

export const formatSyncToken = ({ position, ephemeral }: SyncToken): string => `s${position}_${ephemeral}`;

/** `undefined` when the text is no sync token. */
export function parseSyncToken(text: string): SyncToken | undefined {
  const match = /^s(\d{1,16})_(\d{1,16})$/.exec(text);
  return match ? { position: Number(match[1]), ephemeral: Number(match[2]) } : undefined;
}
