/** What begins as a tag of HTML does. */
const TAG = /<[a-z/!?][^<>]*>/gi;
const BEGINNING_OF_TAG = /<(?=[a-z/!?])/gi;

/** Turns the direction of what follows: names and titles could be made to read otherwise than they are. */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069\ufeff]/g;
const SPACE = /[\s\p{Cc}\p{Zl}\p{Zp}]+/gu;

/**
 * Text of strangers as one line of so many characters at most: without tags, whatever was meant by them, and without
 * characters that are not seen.
 */
export function plainText(text: string, longest: number): string {
  const line = text
    // A character may be written by a few, and tags and spaces go.
    .slice(0, longest * 16)
    .toWellFormed()
    // First, lest something unseen stand between the signs of a tag.
    .replaceAll(DIRECTION, "")
    .replaceAll(SPACE, " ")
    .replaceAll(TAG, " ")
    .replaceAll(BEGINNING_OF_TAG, "‹")
    .replaceAll(SPACE, " ")
    .trim();
  const characters = Array.from(line);
  return characters.length <= longest
    ? line
    : `${characters
        .slice(0, longest - 1)
        .join("")
        .trimEnd()}…`;
}
