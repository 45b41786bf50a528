/** How names from elsewhere become local parts. */
export interface MappingOptions {
  /** Keep names apart that differ by case alone: `A` becomes `_a`, and `_` becomes `__`. Default: `A` becomes `a`. */
  readonly keepCase?: boolean;
}

/** What stands for itself in a mapped name. `=` is allowed in local parts too, but begins the escapes. */
const plainPattern = /[a-z0-9._/+-]/;

/**
 * Maps any name onto the characters that new local parts may have, reversibly but for case.
 * The result may be too long for a user ID: check it with `isUserId`.
 * @see https://spec.matrix.org/v1.19/appendices/#mapping-from-other-character-sets
 */
export function mapToLocalpart(name: string, options: MappingOptions = {}): string {
  return Array.from(new TextEncoder().encode(name), (byte) => mapByte(byte, options.keepCase === true)).join("");
}

function mapByte(byte: number, keepCase: boolean): string {
  const character = String.fromCharCode(byte);
  if (/[A-Z]/.test(character)) return keepCase ? `_${character.toLowerCase()}` : character.toLowerCase();
  if (character === "_" && keepCase) return "__";
  return plainPattern.test(character) ? character : `=${byte.toString(16).padStart(2, "0")}`;
}
