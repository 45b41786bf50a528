// How this works: a pattern is cut at its stars into segments. The first segment is held at the start of the text, the
// last at its end, and each one between is put at the leftmost place after its predecessor. Leftmost is always right,
// since it leaves the most room for the rest, so nothing is ever tried twice: no regular expression, no backtracking,
// memory of the size of the pattern, and time linear in the text for segments without `?`.

/** How a pattern is to be read. */
export interface GlobOptions {
  /** Compare by lower case. Default: by code point. */
  readonly ignoreCase?: boolean;
  /** `"*"`: a question mark stands for itself, as in filters. Default: `"*?"`. */
  readonly wildcards?: "*" | "*?";
}

/** Whether a text matches the pattern that this was compiled from. */
export type Matcher = (text: string) => boolean;

/** A piece of a pattern between stars. */
interface Segment {
  readonly text: string;
  /** Without a wildcard the engine's own search does the work. */
  readonly isLiteral: boolean;
}

/** Whether a segment may begin (or end) at this place of the text. */
type Place = (text: string, index: number) => boolean;

/**
 * Compiles a pattern that the whole text must match: `*` is any number of characters, `?` exactly one (a code point).
 * @see https://spec.matrix.org/v1.19/appendices/#glob-style-matching
 */
export function compileGlob(pattern: string, options: GlobOptions = {}): Matcher {
  const fold = foldOf(options);
  const segments = segmentsOf(fold(pattern), options);
  const [first, ...rest] = segments;
  if (first === undefined) return (text) => text === "";
  if (rest.length === 0 && first.isLiteral) return (text) => text === pattern || fold(text) === first.text;
  if (rest.every((segment) => segment.text === "") && first.text === "") return () => true;
  return (text) => matchesSegments(fold(text), segments, atStart, atEnd);
}

/** Whether the whole text matches the pattern. For patterns that are used once; see `compileGlob`. */
export const matchesGlob = (pattern: string, text: string, options: GlobOptions = {}): boolean =>
  compileGlob(pattern, options)(text);

/**
 * Compiles a pattern that a part of the text must match, which begins and ends at a word boundary: the ends of the text
 * and both sides of every character other than ASCII letters, digits and `_`. An empty pattern matches an empty text only.
 * @see https://spec.matrix.org/v1.19/client-server-api/#conditions-1
 */
export function compileWordGlob(pattern: string, options: GlobOptions = {}): Matcher {
  if (pattern === "") return (text) => text === "";
  const fold = foldOf(options);
  const segments = segmentsOf(fold(pattern), options);
  return (text) => matchesSegments(fold(text), segments, isWordBoundary, isWordBoundary);
}

/** Whether the words stand in the text as they are, case aside: `compileWordGlob` without wildcards. */
export function containsWords(text: string, words: string): boolean {
  if (words === "") return false;
  const segments = [{ text: words.toLowerCase(), isLiteral: true }];
  return matchesSegments(text.toLowerCase(), segments, isWordBoundary, isWordBoundary);
}

const unfolded = (text: string): string => text;
const lowerCase = (text: string): string => text.toLowerCase();
const foldOf = (options: GlobOptions) => (options.ignoreCase === true ? lowerCase : unfolded);

function segmentsOf(pattern: string, options: GlobOptions): readonly Segment[] {
  const hasSingle = options.wildcards !== "*";
  return pattern.split("*").map((text) => ({ text, isLiteral: !hasSingle || !text.includes("?") }));
}

const anywhere: Place = () => true;
const atStart: Place = (_text, index) => index === 0;
const atEnd: Place = (text, index) => index === text.length;
const isWordBoundary: Place = (text, index) =>
  index === 0 || index === text.length || !isWordUnit(text, index - 1) || !isWordUnit(text, index);

function isWordUnit(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  const isDigit = unit >= 0x30 && unit <= 0x39;
  const isUpper = unit >= 0x41 && unit <= 0x5a;
  const isLower = unit >= 0x61 && unit <= 0x7a;
  return isDigit || isUpper || isLower || unit === 0x5f;
}

function matchesSegments(text: string, segments: readonly Segment[], mayBegin: Place, mayEnd: Place): boolean {
  const last = segments.length - 1;
  let from = 0;
  for (const [index, segment] of segments.entries()) {
    const begins = index === 0 ? mayBegin : anywhere;
    const ends = index === last ? mayEnd : anywhere;
    const end = findSegment(text, segment, from, begins, ends);
    if (end === -1) return false;
    from = end;
  }
  return true;
}

/** @returns where the leftmost fitting occurrence ends, or -1. */
function findSegment(text: string, segment: Segment, from: number, mayBegin: Place, mayEnd: Place): number {
  if (mayBegin === atStart) return endIfFits(text, segment, from, mayEnd);
  // A segment is at most two units of UTF-16 for each of its characters, so the end of the text is near.
  let at = mayEnd === atEnd ? Math.max(from, text.length - 2 * segment.text.length) : from;
  for (; at <= text.length; at++) {
    if (segment.isLiteral) {
      at = text.indexOf(segment.text, at);
      if (at === -1) return -1;
    }
    const end = mayBegin(text, at) ? endIfFits(text, segment, at, mayEnd) : -1;
    if (end !== -1) return end;
  }
  return -1;
}

function endIfFits(text: string, segment: Segment, at: number, mayEnd: Place): number {
  const end = segment.isLiteral ? endOfLiteral(text, segment.text, at) : endOfWildcards(text, segment.text, at);
  return end !== -1 && mayEnd(text, end) ? end : -1;
}

const endOfLiteral = (text: string, literal: string, at: number): number =>
  text.startsWith(literal, at) ? at + literal.length : -1;

/** Walks both at once. A `?` takes a whole code point, which may be two units. */
function endOfWildcards(text: string, pattern: string, start: number): number {
  let at = start;
  for (let index = 0; index < pattern.length; index++) {
    if (at >= text.length) return -1;
    if (pattern[index] === "?") at += widthAt(text, at);
    else if (pattern[index] === text[at]) at += 1;
    else return -1;
  }
  return at;
}

const widthAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
