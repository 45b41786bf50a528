/** Up to where a tree was told, and how it was asked for. */
export interface PageToken {
  readonly roomId: string;
  readonly suggestedOnly: boolean;
  readonly maxDepth: number;
  /** How many rooms were told. */
  readonly told: number;
  /** The last of them. */
  readonly last: string;
}

/** All that has to be known is in the token: it survives restarts, and costs the server nothing meanwhile. */
export function formatPageToken({ roomId, suggestedOnly, maxDepth, told, last }: PageToken): string {
  return Buffer.from(JSON.stringify([roomId, suggestedOnly, maxDepth, told, last])).toString("base64url");
}

/** `undefined` for what is no token of this server. */
export function parsePageToken(text: string): PageToken | undefined {
  const parts = parse(Buffer.from(text, "base64url").toString());
  if (!Array.isArray(parts)) return undefined;
  const [roomId, suggestedOnly, maxDepth, told, last]: readonly unknown[] = parts;
  if (typeof roomId !== "string" || typeof suggestedOnly !== "boolean" || typeof last !== "string") return undefined;
  if (typeof maxDepth !== "number" || typeof told !== "number" || told < 1) return undefined;
  return { roomId, suggestedOnly, maxDepth, told, last };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no token.
    return undefined;
  }
}
