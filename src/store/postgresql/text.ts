/*
 * PostgreSQL has no U+0000 in text, Matrix has. It is written as two characters that begin with a noncharacter, which
 * doubles where it occurs itself; so every string comes back as it was.
 */
const ESCAPE = "\uFDD0";
const NUL_WRITTEN = `${ESCAPE}0`;
const ESCAPE_WRITTEN = `${ESCAPE}1`;

/** What is stored for a string. */
export function encodeText(text: string): string {
  if (!text.includes("\0") && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, ESCAPE_WRITTEN).replaceAll("\0", NUL_WRITTEN);
}

/** The string for what is stored. */
export function decodeText(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replaceAll(NUL_WRITTEN, "\0").replaceAll(ESCAPE_WRITTEN, ESCAPE);
}
