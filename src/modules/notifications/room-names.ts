import { parseUserId } from "../../protocol/ids/ids.ts";

/** In rooms with more local members names are not looked for. */
export const NAMED_MEMBERS = 5_000;

const WORD = /[a-z0-9_]+/g;
/** Words as push rules know them; what is between words stands for itself. */
const WORDS_AND_SIGNS = /[a-z0-9_]+|[^a-z0-9_]/g;

/**
 * By what names a room's local members may be called: display names in the room and local parts. Each name is filed under
 * one of its words, so that to find who is named in a text costs the words of the text, not the members of the room.
 */
export class RoomNames {
  readonly #byWord = new Map<string, Set<string>>();
  /** The words under which each member is filed; none for who is gone. */
  readonly #wordsOf = new Map<string, readonly string[]>();
  #isFull = false;

  get size(): number {
    return this.#wordsOf.size;
  }

  /** Whether there are too many members, of whom none is ever found. */
  get isFull(): boolean {
    return this.#isFull;
  }

  has(userId: string): boolean {
    return this.#wordsOf.has(userId);
  }

  /** A member with this display name. */
  set(userId: string, displayName: string | undefined): void {
    if (this.#isFull) return;
    if (this.size >= NAMED_MEMBERS && !this.#wordsOf.has(userId)) {
      this.close();
      return;
    }
    const names = [parseUserId(userId)?.localpart, displayName];
    this.#file(userId, [...new Set(names.flatMap((name) => (name ? [wordOf(name)] : [])))]);
  }

  remove(userId: string): void {
    if (!this.#isFull) this.#file(userId, []);
  }

  /** Forgets everybody for good: there are too many. */
  close(): void {
    this.#isFull = true;
    this.#byWord.clear();
    this.#wordsOf.clear();
  }

  /** Those who may be named in a text: some of them are not, since one word of their name stands there alone. */
  foundIn(text: string): ReadonlySet<string> {
    const found = new Set<string>();
    if (this.#byWord.size === 0) return found;
    for (const word of new Set(text.toLowerCase().match(WORDS_AND_SIGNS)))
      for (const userId of this.#byWord.get(word) ?? []) found.add(userId);
    return found;
  }

  #file(userId: string, words: readonly string[]): void {
    for (const word of this.#wordsOf.get(userId) ?? []) {
      const others = this.#byWord.get(word);
      others?.delete(userId);
      if (others?.size === 0) this.#byWord.delete(word);
    }
    this.#wordsOf.set(userId, words);
    for (const word of words) this.#byWord.getOrInsertComputed(word, () => new Set()).add(userId);
  }
}

/** The longest word, which few have in common; the first sign of a name without words. */
function wordOf(name: string): string {
  const folded = name.toLowerCase();
  const words: readonly string[] = folded.match(WORD) ?? [folded.charAt(0)];
  return words.reduce((longest, word) => (word.length > longest.length ? word : longest));
}
