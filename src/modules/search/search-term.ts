import { fold } from "../../store/folded-text.ts";
import { mayBePart, splitWords } from "./words.ts";

/** Further words of a search are passed over: whoever searches for so many has found it by the first ones. */
const WORD_LIMIT = 16;
/** A part of a word is worth less than the whole of it. */
const PART_WEIGHT = 0.5;
/** How much a word counts for that stands there again and again: never twice as much and more. */
const SATURATION = 1.2;
/** The length of a usual message, in words. */
const USUAL_LENGTH = 20;
const PRECISION = 10_000;

/** What is searched. */
export interface SearchTerm {
  /** Folded, each once. A text must hold all of them; without any, nothing is found. */
  readonly words: readonly string[];
  /** The same as it was written, for clients to highlight. */
  readonly written: readonly string[];
}

/** Takes a search apart. */
export function parseTerm(text: string): SearchTerm {
  const words = [...new Set(splitWords(text))].slice(0, WORD_LIMIT);
  return { words, written: words.length === 0 ? [] : writtenWords(text).slice(0, WORD_LIMIT) };
}

/**
 * How well a text fits, above zero; `undefined` when it lacks a word. Whole words count more than parts, words that
 * stand there more often count more, and in long texts everything counts less.
 */
export function rankOf({ words }: SearchTerm, text: string): number | undefined {
  const inText = splitWords(text);
  const damping = SATURATION * (0.25 + (0.75 * inText.length) / USUAL_LENGTH);
  let rank = 0;
  for (const word of words) {
    const weight = weightIn(inText, word);
    if (weight === 0) return undefined;
    rank += (weight * (1 + SATURATION)) / (weight + damping);
  }
  return rank === 0 ? undefined : Math.round(rank * PRECISION) / PRECISION;
}

function weightIn(inText: readonly string[], word: string): number {
  const partWeight = mayBePart(word) ? PART_WEIGHT : 0;
  let weight = 0;
  for (const candidate of inText) {
    if (candidate === word) weight += 1;
    else if (partWeight > 0 && candidate.includes(word)) weight += partWeight;
  }
  return weight;
}

/**
 * The words of a text, as they are written there, that a client could not find by looking for those of the search: they
 * have other accents, or other forms of the same letters.
 */
export const otherForms = ({ words, written }: SearchTerm, text: string): string[] =>
  writtenWords(text).filter((form) => {
    if (written.some((known) => form.includes(known))) return false;
    const folded = ASCII.test(form) ? form : fold(form);
    return words.some((word) => (mayBePart(word) ? folded.includes(word) : folded === word));
  });

const ASCII = /^[a-z0-9]*$/;

/** In lower case, but with their accents. */
const writtenWords = (text: string): string[] => [...new Set(text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu))];
