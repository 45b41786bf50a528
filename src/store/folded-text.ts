/*
 * Text as it is stored to be searched. Neither database knows how to compare text of all scripts without regard to case,
 * and both compare bytes quickly: so what is searched and what is looked for are folded alike, here.
 */

/** Accents of Latin, Greek and Cyrillic letters, which people leave out; marks of other scripts are letters of their own. */
const ACCENTS = /[\u0300-\u036f]/g;
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}]+/u;
/** Finds words where none are between spaces, as in Chinese, Japanese and Thai. */
const segmenter = new Intl.Segmenter("und", { granularity: "word" });
const WORD_LENGTH_LIMIT = 64;

/** The text without regard to case, accents and the many forms of one letter. Holds no NUL, where patterns end. */
export const fold = (text: string): string =>
  text.toLowerCase().normalize("NFKD").replaceAll(ACCENTS, "").normalize("NFKC").replaceAll("\u0000", " ");

/** The folded words of a text, each once, at most `limit`; long ones are cut at 64 characters. */
export function wordsOf(text: string, limit: number): string[] {
  const words = new Set<string>();
  for (const part of fold(text).split(BETWEEN_WORDS)) {
    for (const { segment, isWordLike } of segmenter.segment(part)) {
      if (words.size >= limit) return [...words];
      if (isWordLike) words.add(segment.slice(0, WORD_LENGTH_LIMIT));
    }
  }
  return [...words];
}

/** The pattern for `LIKE … ESCAPE '\'` of everything that holds a text. */
export const patternOf = (folded: string): string => `%${folded.replaceAll(/[\\%_]/g, "\\$&")}%`;

/** A text that sorts, by bytes, after all that begin with `prefix`. */
export const afterPrefix = (prefix: string): string => `${prefix}\u{10ffff}`;
