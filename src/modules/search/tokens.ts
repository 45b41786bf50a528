/*
 * What the index holds of an event, in letters that both databases take as they are: `a` to `z` and digits. A gram is
 * one to three of them, or `x` and the code units of other characters; what the event is about has a longer name.
 */
import { gramsOf, gramsWithin, splitWords } from "./words.ts";

/** What of events can be searched. */
export const SEARCH_KEYS = ["content.body", "content.name", "content.topic"] as const;
export type SearchKey = (typeof SEARCH_KEYS)[number];

/** Characters of a text that are indexed: a page of it may be long, a file pasted into it is not for searching. */
export const TEXT_LIMIT = 16_384;
/** Grams asked for in one search: each costs the index a look-up, and few leave little else. */
const ASKED_LIMIT = 6;
/** With more rooms the index is asked without them: hits in others are then passed over. */
const ROOMS_LIMIT = 8;

/** Nearly everything is a message: to say so would help nobody. */
const KEY_TOKENS: Readonly<Record<SearchKey, string | undefined>> = {
  "content.body": undefined,
  "content.name": "name",
  "content.topic": "topic",
};

/** What of an event is to be found. */
export interface SearchDocument {
  readonly position: number;
  readonly roomNid: number;
  readonly key: SearchKey;
  readonly text: string;
}

/** What the index is asked: of each list one token at least. */
export type TokenQuery = readonly (readonly string[])[];

/** All tokens of a document, each once; none when there is nothing to be found by. */
export function tokensOf({ roomNid, key, text }: SearchDocument): string[] {
  const words = new Set(splitWords(text.slice(0, TEXT_LIMIT)));
  const grams = new Set<string>();
  for (const word of words) for (const gram of gramsOf(word)) grams.add(encode(gram));
  if (grams.size === 0) return [];
  const keyToken = KEY_TOKENS[key];
  return [roomToken(roomNid), ...(keyToken === undefined ? [] : [keyToken]), ...grams];
}

/** What documents are to be looked at for words of a search: not all of them need to hold the words. */
export function tokenQuery(
  words: readonly string[],
  { keys, roomNids }: { readonly keys: readonly SearchKey[]; readonly roomNids: readonly number[] },
): TokenQuery {
  const grams = [...new Set(words.flatMap(gramsWithin))];
  const keyTokens = keys.map((key) => KEY_TOKENS[key]).filter((token) => token !== undefined);
  return [
    ...spread(grams, ASKED_LIMIT).map((gram) => [encode(gram)]),
    ...(keyTokens.length === keys.length ? [keyTokens] : []),
    ...(roomNids.length > ROOMS_LIMIT ? [] : [roomNids.map(roomToken)]),
  ];
}

const roomToken = (roomNid: number): string => `room${roomNid}`;

/** Several grams may have the same token, which does no harm: what is found is compared with the text. */
const encode = (gram: string): string =>
  /^[a-z0-9]+$/.test(gram) ? gram : `x${gram.replaceAll(/[^]/g, (unit) => unit.charCodeAt(0).toString(36))}`;

/** At most `count` (two or more) of the items, from all over the list. */
function spread(items: readonly string[], count: number): readonly string[] {
  if (items.length <= count) return items;
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => items[Math.round(index * step)] ?? "");
}
