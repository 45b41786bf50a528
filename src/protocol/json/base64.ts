/** `url` has `-_` where `standard` has `+/`. */
export type Base64Alphabet = "standard" | "url";

const patterns: Readonly<Record<Base64Alphabet, RegExp>> = {
  standard: /^[A-Za-z0-9+/]*={0,2}$/,
  url: /^[A-Za-z0-9_-]*={0,2}$/,
};
const names = { standard: "base64", url: "base64url" } as const;

/**
 * Base64 without padding.
 * @see https://spec.matrix.org/v1.19/appendices/#unpadded-base64
 */
export function encodeBase64(bytes: Uint8Array, alphabet: Base64Alphabet = "standard"): string {
  return bytes.toBase64({ alphabet: names[alphabet], omitPadding: true });
}

/**
 * Reads base64 with or without padding.
 * @returns `undefined` when characters outside of the alphabet occur (white space among them) or the length is impossible.
 */
export function decodeBase64(text: string, alphabet: Base64Alphabet = "standard"): Uint8Array | undefined {
  if (!patterns[alphabet].test(text)) return undefined;
  const digits = text.replace(/=+$/, "");
  if (digits.length % 4 === 1) return undefined;
  return Uint8Array.fromBase64(digits, { alphabet: names[alphabet] });
}
