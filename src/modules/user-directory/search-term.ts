import { parseUserId } from "../../protocol/ids/ids.ts";
import { fold, wordsOf } from "../../store/folded-text.ts";

const WORD_LIMIT = 32;
const PREFIX_LIMIT = 8;
const ID_LENGTH_LIMIT = 255;

/** The words by which a user is found: the user ID as a whole, and the words of its local part and of the name. */
export function wordsOfUser(userId: string, displayName: string): string[] {
  const localpart = parseUserId(userId)?.localpart ?? "";
  return [...new Set([wholeId(userId), ...wordsOf(localpart, WORD_LIMIT), ...wordsOf(displayName, WORD_LIMIT)])];
}

/** What the words of a user must begin with to be found: every one of these, the longest first. */
export function prefixesOf(searchTerm: string): string[] {
  const term = searchTerm.trim();
  if (term.startsWith("@")) return [wholeId(term)];
  if (/^\S+:\S*$/.test(term)) return [wholeId(`@${term}`)];
  return wordsOf(term, PREFIX_LIMIT).toSorted((a, b) => b.length - a.length);
}

const wholeId = (text: string): string => fold(text).slice(0, ID_LENGTH_LIMIT);
