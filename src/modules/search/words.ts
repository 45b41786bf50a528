/*
 * How text is taken apart, that of events and that of a search alike: into words, and words into grams, which the index
 * holds. Grams find what stands within words, and what is written without spaces between them.
 */
import { fold } from "../../store/folded-text.ts";

const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}]+/u;
/** Scripts that put several words, or words and their endings, into one run of characters. */
const DENSE = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々`;
const DENSE_OR_NOT = new RegExp(`[${DENSE}]+|[^${DENSE}]+`, "gu");
const IS_DENSE = new RegExp(`^[${DENSE}]`, "u");
const HAS_DENSE = new RegExp(`[${DENSE}]`, "u");
const GRAM_LENGTH = 3;

/** The words of a text, folded, in their order. Parts of dense scripts stay in one piece. */
export const splitWords = (text: string): string[] =>
  fold(text)
    .split(BETWEEN_WORDS)
    .filter((word) => word !== "");

/** Whether a word of a search may be a part of a word; short ones of alphabets must be whole, or they would be anywhere. */
export const mayBePart = (word: string): boolean => word.length >= GRAM_LENGTH || HAS_DENSE.test(word);

/** Everything by which a word can be found. */
export function gramsOf(word: string): string[] {
  const grams: string[] = [];
  for (const piece of piecesOf(word)) {
    if (IS_DENSE.test(piece)) grams.push(...Array.from(piece), ...pairsOf(piece));
    else grams.push(...(piece.length < GRAM_LENGTH ? [piece] : windows(piece.split(""), GRAM_LENGTH)));
  }
  return grams;
}

/** What every text that holds a word of a search has among its grams. */
export function gramsWithin(word: string): string[] {
  const pieces = piecesOf(word);
  return pieces.flatMap((piece) => {
    if (IS_DENSE.test(piece)) return pairsOf(piece).length > 0 ? pairsOf(piece) : [piece];
    if (piece.length >= GRAM_LENGTH) return windows(piece.split(""), GRAM_LENGTH);
    // At the edge of a longer word it may go on in the text, which then has no such gram.
    return pieces.length === 1 ? [piece] : [];
  });
}

const piecesOf = (word: string): readonly string[] => word.match(DENSE_OR_NOT) ?? [];

const pairsOf = (piece: string): string[] => windows(Array.from(piece), 2);

function windows(characters: readonly string[], length: number): string[] {
  const found: string[] = [];
  for (let at = 0; at + length <= characters.length; at++) found.push(characters.slice(at, at + length).join(""));
  return found;
}
